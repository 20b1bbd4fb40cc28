import { expect, test } from 'vitest';
import { createSignedUrls } from './signed-urls.ts';

const KEY = 'samples/0198c2d0-0000-7000-8000-000000000000/display';
const START = Date.UTC(2026, 0, 1);
const tokenOf = (url: string) => url.split('/').at(-1)!;

test('an address is the same within its window and opens for 2.5 to 5 minutes [CVE-2026-94368]', () => {
  for (const offsetMs of [0, 1, 60_000, 149_999]) {
    let now = START + offsetMs;
    const urls = createSignedUrls('a secret', () => now);
    const url = urls.urlOf(KEY);
    expect(url).toBe(createSignedUrls('a secret', () => START).urlOf(KEY));
    const { key, secondsLeft } = urls.open(tokenOf(url))!;
    expect(key).toBe(KEY);
    expect(secondsLeft).toBeGreaterThanOrEqual(150);
    expect(secondsLeft).toBeLessThanOrEqual(300);
    now = START + 300_000;
    expect(urls.open(tokenOf(url))).toBeUndefined();
  }
});

test('it opens nothing under another secret, nor with any character changed [CVE-2026-94368]', () => {
  const urls = createSignedUrls('a secret', () => START);
  const token = tokenOf(urls.urlOf(KEY));
  expect(createSignedUrls('another secret', () => START).open(token)).toBeUndefined();
  for (let at = 0; at < token.length - 1; at++) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    expect(urls.open(changed)).toBeUndefined();
  }
});
