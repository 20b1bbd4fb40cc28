import { expect, test } from 'vitest';
import { mayReadMetrics } from './metrics-access.ts';

test.each([
  ['this machine', '127.0.0.1', {}, undefined, true],
  ['this machine by IPv6', '::1', {}, undefined, true],
  ['this machine by IPv4 in IPv6', '::ffff:127.0.0.1', {}, undefined, true],
  ['another machine', '10.0.0.7', {}, undefined, false],
  ['another machine by IPv6', '2001:db8::7', {}, undefined, false],
  ['a proxy of this machine', '127.0.0.1', { 'x-forwarded-for': '10.0.0.7' }, undefined, false],
  ['an unknown address', undefined, {}, undefined, false],
  ['this machine without the token', '127.0.0.1', {}, 'a token', false],
  ['another token', '127.0.0.1', { authorization: 'Bearer another' }, 'a token', false],
  ['another machine with the token', '10.0.0.7', { authorization: 'Bearer a token' }, 'a token', true],
] as const)('%s', (_, address, headers, token, allowed) => {
  expect(mayReadMetrics({ address, headers }, token)).toBe(allowed);
});
