import { afterEach, expect, test, vi } from 'vitest';
import { createTokens } from './tokens.ts';

const MINUTE_MS = 60_000;
const subject = { userId: crypto.randomUUID(), sessionId: crypto.randomUUID(), securityVersion: 1 };

afterEach(() => vi.useRealTimers());

test('a token that was taken before is refused from its expiry on', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T12:00:00Z') });
  const tokens = createTokens('s'.repeat(64));
  const token = await tokens.issue(subject, new Date(Date.now() + MINUTE_MS));
  expect(await tokens.verify(token)).toEqual(subject);
  vi.setSystemTime(Date.now() + MINUTE_MS - 1);
  expect(await tokens.verify(token)).toEqual(subject);
  vi.setSystemTime(Date.now() + 1);
  expect(await tokens.verify(token)).toBeUndefined();
});

test('one that was taken before excuses none that differs in its signature, nor one for another purpose', async () => {
  const tokens = createTokens('s'.repeat(64));
  const expiresAt = new Date(Date.now() + MINUTE_MS);
  const token = await tokens.issue(subject, expiresAt);
  expect(await tokens.verify(token)).toEqual(subject);
  const [header, payload, signature] = token.split('.');
  const otherSignature = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  expect(await tokens.verify(`${header}.${payload}.${otherSignature}`)).toBeUndefined();
  expect(await tokens.verifyRefresh(token)).toBeUndefined();
  expect(await createTokens('t'.repeat(64)).verify(token)).toBeUndefined();
});
