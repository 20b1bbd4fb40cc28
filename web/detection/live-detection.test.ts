import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import type { ParameterValues } from './detection-messages.ts';
import { LiveDetection, REST_MS } from './live-detection.ts';
import type { Preview } from './preview-worker.ts';

const stored = { min_area: 0.3 };
const cellsOf = (minArea: number | string) => ({
  ...packCells([]),
  nucleusAreaPx: Float32Array.of(Number(minArea)),
});
const IMAGE = { url: '/image', width: 10, height: 10, micronsPerPixel: null };

/** A worker and a server that answer when told, in the order they were asked. */
function setUp({ canPreview = true } = {}) {
  const asked: { values: ParameterValues; answer: () => void; fail: (error: Error) => void }[] = [];
  const server: {
    values: ParameterValues;
    signal: AbortSignal;
    answer: () => void;
    fail: (error: Error) => void;
  }[] = [];
  const live = new LiveDetection({
    stored,
    canPreview,
    findImage: async () => IMAGE,
    startWorker: () => ({
      open: async () => ({ width: 10, height: 10, decodeMs: 1 }),
      detect: (values) =>
        new Promise<Preview>((resolve, fail) => {
          const rest = { downscale: 2, scaleSource: 'given', fromScore: true, ms: 5 } as const;
          asked.push({ values, fail, answer: () => resolve({ cells: cellsOf(values.min_area), ...rest }) });
        }),
      close: () => {},
    }),
    askServer: (values, signal) =>
      new Promise((resolve, fail) => {
        server.push({ values, signal, fail, answer: () => resolve(cellsOf(values.min_area)) });
      }),
  });
  const move = async (minArea: number) => {
    live.set({ min_area: minArea });
    await vi.advanceTimersByTimeAsync(0);
  };
  const answer = async (request: { answer: () => void }) => {
    request.answer();
    await vi.advanceTimersByTimeAsync(0);
  };
  const shown = () => {
    const { preview } = live.getState();
    return preview && { from: preview.from, minArea: Math.round(preview.cells.nucleusAreaPx[0] * 100) / 100 };
  };
  return { live, asked, server, move, answer, shown };
}

describe('live detection', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('answers each change in the browser and asks the server once the hand rests', async () => {
    const { live, asked, server, move, answer, shown } = setUp();
    await move(0.4);
    await answer(asked[0]);
    expect(shown()).toEqual({ from: 'browser', minArea: 0.4 });
    await vi.advanceTimersByTimeAsync(REST_MS - 50);
    await move(0.5);
    await answer(asked[1]);
    await vi.advanceTimersByTimeAsync(REST_MS - 50);
    expect(server).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(50);
    expect(server.map(({ values }) => values)).toEqual([{ min_area: 0.5 }]);
    await answer(server[0]);
    expect(shown()).toEqual({ from: 'server', minArea: 0.5 });
    expect(live.getState().server).toBe('answered');
  });

  it('detects one at a time, and of what was asked meanwhile only the newest', async () => {
    const { asked, move, answer, shown } = setUp();
    for (const minArea of [0.4, 0.5, 0.6, 0.7]) await move(minArea);
    expect(asked).toHaveLength(1);
    await answer(asked[0]);
    expect(shown()?.minArea).toBe(0.4);
    expect(asked.map(({ values }) => values.min_area)).toEqual([0.4, 0.7]);
    await answer(asked[1]);
    expect(shown()?.minArea).toBe(0.7);
    expect(asked).toHaveLength(2);
  });

  it('drops what is no longer asked: after cancelling, and from the server after another change', async () => {
    const { live, asked, server, move, answer, shown } = setUp();
    await move(0.4);
    live.cancel();
    await answer(asked[0]);
    expect([shown(), live.getState().isChanged, live.getState().values]).toEqual([null, false, stored]);
    await move(0.5);
    await answer(asked[1]);
    await vi.advanceTimersByTimeAsync(REST_MS);
    await move(0.6);
    expect(server[0].signal.aborted).toBe(true);
    await answer(server[0]);
    expect(shown()).toEqual({ from: 'browser', minArea: 0.5 });
  });

  it('keeps the answer at full resolution when a slow browser answers after it', async () => {
    const { asked, server, move, answer, shown } = setUp();
    await move(0.4);
    await vi.advanceTimersByTimeAsync(REST_MS);
    await answer(server[0]);
    await answer(asked[0]);
    expect(shown()?.from).toBe('server');
  });

  it('says that the server failed, keeps the preview and asks again when told', async () => {
    const { live, asked, server, move, answer, shown } = setUp();
    await move(0.4);
    await answer(asked[0]);
    await vi.advanceTimersByTimeAsync(REST_MS);
    server[0].fail(new Error('gone'));
    await vi.advanceTimersByTimeAsync(0);
    expect([live.getState().server, shown()?.from]).toEqual(['failed', 'browser']);
    live.retry();
    await answer(server[1]);
    expect(shown()?.from).toBe('server');
  });

  it('goes on with the server alone where the browser cannot', async () => {
    const { live, asked, server, move, answer, shown } = setUp();
    await move(0.4);
    asked[0].fail(new Error('no memory'));
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect(live.getState().browserFault).toBe('no memory');
    await answer(server[0]);
    expect(shown()?.from).toBe('server');
  });

  it('prepares without showing anything, and a change meanwhile comes next', async () => {
    const { live, asked, move, answer, shown } = setUp();
    live.prepare();
    await vi.advanceTimersByTimeAsync(0);
    await move(0.4);
    await answer(asked[0]);
    expect(shown()).toBeNull();
    await answer(asked[1]);
    expect(shown()?.minArea).toBe(0.4);
  });

  it('shows the stored cells again when the parameters are the stored ones again', async () => {
    const { live, asked, move, answer, shown } = setUp();
    await move(0.4);
    await answer(asked[0]);
    await move(0.3);
    expect([shown(), live.getState().isChanged]).toEqual([null, false]);
    await vi.advanceTimersByTimeAsync(2 * REST_MS);
    expect(asked).toHaveLength(1);
  });

  it('asks nobody about a large image; its parameters are there to be applied', async () => {
    const { live, asked, server, move } = setUp({ canPreview: false });
    live.prepare();
    await move(0.5);
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect([asked.length, server.length]).toEqual([0, 0]);
    expect(live.getState()).toMatchObject({ values: { min_area: 0.5 }, isChanged: true });
  });
});
