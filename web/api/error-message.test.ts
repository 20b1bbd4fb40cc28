import { expect, test } from 'vitest';
import { ApiError } from '../../contract/client.ts';
import { ERROR_CODES, ERRORS, type ErrorCode } from '../../contract/errors.ts';
import { ClashError, messageOf } from './error-message.ts';

const apiError = (code: ErrorCode, detail: string = ERRORS[code][1], retryAfter: string | null = null) =>
  new ApiError(
    { type: 'about:blank', title: ERRORS[code][1], status: ERRORS[code][0], code, detail, request_id: 'r1' },
    retryAfter,
  );

test.each(ERROR_CODES)('%s is said in a sentence that helps, with the number of the request', (code) => {
  const { text, requestId } = messageOf(apiError(code));
  expect(text).toMatch(/^[A-Z].{25,}[.]$/);
  expect(text).not.toMatch(/undefined|null|error|exception|[{}<>]/i);
  expect(requestId).toBe('r1');
});

test('what the server says in particular comes first', () => {
  expect(messageOf(apiError('conflict', 'The last active administrator stays.')).text).toBe(
    'The last active administrator stays.',
  );
});

test('a limit says how long to wait', () => {
  expect(messageOf(apiError('rate_limited', undefined, '45')).text).toMatch(/45 seconds/);
  expect(messageOf(apiError('rate_limited', undefined, '840')).text).toMatch(/14 minutes/);
});

test('a lost connection, a clash and a fault of the page are told apart', () => {
  const texts = [
    new TypeError('Failed to fetch'),
    new ClashError(),
    new Error('x is undefined'),
    undefined,
  ].map((error) => messageOf(error).text);
  expect(texts[0]).toMatch(/network/);
  expect(texts[1]).toMatch(/Somebody else/);
  expect(texts[2]).toBe(texts[3]);
  expect(texts.join()).not.toContain('x is undefined');
});
