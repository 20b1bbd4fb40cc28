import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLiveConnection, type LiveEvent } from './live-events.ts';

/** Stands for the browser's EventSource, which Node has not. */
class Line extends EventTarget {
  isClosed = false;
  close() {
    this.isClosed = true;
  }
  open() {
    this.dispatchEvent(new Event('open'));
  }
  breakOff() {
    this.dispatchEvent(new Event('error'));
  }
  send(type: string, data: unknown) {
    this.dispatchEvent(
      new MessageEvent(type, { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    );
  }
}

function connect() {
  const lines: Line[] = [];
  const events: LiveEvent[] = [];
  let reconnects = 0;
  const live = createLiveConnection(
    { onEvent: (event) => events.push(event), onReconnect: () => reconnects++ },
    () => {
      const line = new Line();
      lines.push(line);
      return line as never;
    },
  );
  live.start();
  return { live, lines, events, reconnects: () => reconnects };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('events arrive in camelCase; what does not fit the contract is passed over', () => {
  const { lines, events } = connect();
  lines[0].open();
  lines[0].send('sample.status', {
    job_id: '0190a000-0000-7000-8000-000000000001',
    patient_id: '0190a000-0000-7000-8000-000000000002',
    lavage_id: '0190a000-0000-7000-8000-000000000003',
    inference_status: 'completed',
    error: null,
    cell_count: 12,
  });
  lines[0].send('sample.status', { job_id: 'no id' });
  lines[0].send('queue.stats', 'no JSON');
  lines[0].send('queue.stats', { pending: 1, processing: 2 });
  expect(events).toEqual([
    {
      type: 'sample.status',
      jobId: '0190a000-0000-7000-8000-000000000001',
      patientId: '0190a000-0000-7000-8000-000000000002',
      lavageId: '0190a000-0000-7000-8000-000000000003',
      inferenceStatus: 'completed',
      error: null,
      cellCount: 12,
    },
    { type: 'queue.stats', pending: 1, processing: 2 },
  ]);
});

test('a broken line is taken up again with growing pauses of at most 30 s', () => {
  const { live, lines } = connect();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    lines.at(-1)!.breakOff();
    expect(live.getState()).toBe('waiting');
    const before = lines.length;
    let waitedMs = 0;
    while (lines.length === before) {
      vi.advanceTimersByTime(100);
      waitedMs += 100;
    }
    pauses.push(waitedMs);
  }
  expect(pauses[0]).toBeGreaterThanOrEqual(500);
  expect(pauses[0]).toBeLessThanOrEqual(1_000);
  expect(pauses[7]).toBeGreaterThanOrEqual(15_000);
  expect(pauses[7]).toBeLessThanOrEqual(30_000);
  expect(lines.slice(0, -1).every(({ isClosed }) => isClosed)).toBe(true);
});

test('only an opening after a former one asks for fresh data, and pauses begin short again', () => {
  const { live, lines, reconnects } = connect();
  lines[0].breakOff();
  vi.advanceTimersByTime(1_000);
  lines[1].open();
  expect(reconnects()).toBe(0);
  lines[1].breakOff();
  vi.advanceTimersByTime(1_000);
  lines[2].open();
  expect(reconnects()).toBe(1);
  expect(live.getState()).toBe('open');
});

test('stopped, it stays silent and closed', () => {
  const { live, lines } = connect();
  lines[0].breakOff();
  live.stop();
  vi.advanceTimersByTime(120_000);
  expect(lines).toHaveLength(1);
  expect(live.getState()).toBe('closed');
  live.start();
  expect(lines).toHaveLength(2);
});
