import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchAttention } from './attention.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('somebody is there for a minute after the page was opened, a key or the pointer', () => {
  const page = new EventTarget();
  const isAttended = watchAttention(page);
  expect(isAttended()).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(isAttended()).toBe(false);
  for (const sign of ['keydown', 'pointermove', 'wheel']) {
    page.dispatchEvent(new Event(sign));
    expect(isAttended()).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(isAttended()).toBe(false);
  }
  page.dispatchEvent(new Event('visibilitychange'));
  expect(isAttended()).toBe(false);
});
