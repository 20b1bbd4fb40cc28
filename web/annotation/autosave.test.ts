import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Autosave, type SaveResult } from './autosave.ts';
import type { SaveBatch } from './save-batch.ts';
import { anyAct, perform, presentCells } from './testing/random-acts.ts';
import { latticeStore, saved } from './testing/small-run.ts';
import { TestServer } from './testing/test-server.ts';
import { UndoHistory } from './undo.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('while the server answers', () => {
  it('waits for a pause, then saves all edits in one batch', async () => {
    const store = latticeStore(3, 1);
    const server = new TestServer();
    const autosave = new Autosave(store, server.save);
    store.relabel([0], 1);
    await vi.advanceTimersByTimeAsync(500);
    store.remove([2]);
    expect(autosave.getState()).toEqual({ kind: 'unsaved' });
    await vi.advanceTimersByTimeAsync(599);
    expect(server.batches).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.batches).toHaveLength(1);
    expect(server.batches[0].annotations).toMatchObject([
      { source: 'detection', detectionIndex: 0, cellType: 'WBC-Lymphocyte' },
      { source: 'rejection', detectionIndex: 2 },
    ]);
    expect(autosave.getState()).toEqual({ kind: 'saved' });
    expect(store.annotationOf(0)?.version).toBe(1);
  });

  it('saves at least every five seconds while the reader never pauses', async () => {
    const store = latticeStore(3, 1);
    const server = new TestServer();
    new Autosave(store, server.save);
    for (let i = 0; i < 12; i++) {
      store.relabel([0], i % 2 === 0 ? 1 : 2);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(server.batches.length).toBeGreaterThanOrEqual(1);
  });

  it('sends edits made during a save afterwards, with the version that the save gave', async () => {
    const store = latticeStore(1, 1);
    const server = new TestServer();
    const autosave = new Autosave(store, async (batch) => {
      if (server.batches.length === 0) store.relabel([0], 5);
      return server.save(batch);
    });
    store.relabel([0], 1);
    await vi.advanceTimersByTimeAsync(600);
    expect(autosave.getState()).toEqual({ kind: 'unsaved' });
    await vi.advanceTimersByTimeAsync(600);
    expect(server.batches[1].annotations).toMatchObject([{ version: 1, cellType: 'WBC-Basophil' }]);
    expect(server.rows.size).toBe(1);
  });

  it('deletes the row when the acceptance of a detection is undone, and makes a new one for redo', async () => {
    const store = latticeStore(1, 1);
    const undo = new UndoHistory(store);
    const server = new TestServer();
    const autosave = new Autosave(store, server.save);
    store.accept([0]);
    expect(await autosave.flush()).toBe(true);
    undo.undo();
    expect(await autosave.flush()).toBe(true);
    expect(server.rows.size).toBe(0);
    undo.redo();
    expect(await autosave.flush()).toBe(true);
    expect(server.rows.size).toBe(1);
  });

  it('sends nothing for an added cell that was removed before it was saved', async () => {
    const store = latticeStore(1, 1);
    const server = new TestServer();
    const autosave = new Autosave(store, server.save);
    store.remove([store.add({ x: 1, y: 1, width: 5, height: 5 }, 0)]);
    expect(await autosave.flush()).toBe(true);
    expect(server.batches).toHaveLength(0);
  });

  it('cuts 12,000 changed cells into batches of at most 5,000', async () => {
    const store = latticeStore(120, 100);
    const server = new TestServer();
    const autosave = new Autosave(store, server.save);
    store.accept(Array.from({ length: 12_000 }, (_, id) => id));
    expect(await autosave.flush()).toBe(true);
    expect(server.batches.map((batch) => batch.annotations.length)).toEqual([5_000, 5_000, 2_000]);
  });
});

describe('while the server is out of reach', () => {
  it('tries again with growing delays and repeats the batch under its key', async () => {
    const store = latticeStore(2, 1);
    const sent: SaveBatch[] = [];
    const times: number[] = [];
    const autosave = new Autosave(store, (batch) => {
      sent.push(batch);
      times.push(Date.now());
      return Promise.reject(new Error('offline'));
    });
    store.relabel([0], 1);
    await vi.advanceTimersByTimeAsync(600);
    const state = autosave.getState();
    expect(state.kind === 'offline' && state.retryAt - Date.now()).toBeGreaterThanOrEqual(500);
    store.relabel([1], 1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent.length).toBeGreaterThan(3);
    expect(new Set(sent.map((batch) => batch.idempotencyKey)).size).toBe(1);
    expect(times.at(-1)! - times.at(-2)!).toBeGreaterThan(times[1] - times[0]);
    expect(await autosave.flush()).toBe(false);
  });

  it('shows a refusal and tries again only when the reader acts', async () => {
    const store = latticeStore(2, 1);
    const save = vi.fn(async (): Promise<SaveResult> => ({ outcome: 'refused', reason: 'reading closed' }));
    const autosave = new Autosave(store, save);
    store.relabel([0], 1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save).toHaveBeenCalledTimes(1);
    expect(autosave.getState()).toEqual({ kind: 'refused', reason: 'reading closed' });
    store.relabel([1], 1);
    await vi.advanceTimersByTimeAsync(600);
    expect(save).toHaveBeenCalledTimes(2);
  });
});

describe('when a row changed elsewhere', () => {
  async function conflict() {
    const store = latticeStore(2, 1, [saved({ source: 'detection', detectionIndex: 0 })]);
    const server = new TestServer([saved({ source: 'detection', detectionIndex: 0 })]);
    server.rows.get('a1')!.version = 7;
    server.rows.get('a1')!.cellType = 'Atypical';
    const autosave = new Autosave(store, server.save);
    store.relabel([0, 1], 5);
    await vi.advanceTimersByTimeAsync(600);
    return { store, server, autosave };
  }

  it('surfaces the row that the server holds', async () => {
    const { autosave } = await conflict();
    expect(autosave.getState()).toMatchObject({
      kind: 'conflict',
      conflicts: [{ cell: 0, current: { id: 'a1', version: 7, cellType: 'Atypical' } }],
    });
  });

  it('takes theirs and saves the other cells of the batch', async () => {
    const { store, server, autosave } = await conflict();
    autosave.resolve('theirs');
    expect(await autosave.flush()).toBe(true);
    expect(store.describe(0).cellType.code).toBe('Atypical');
    expect([...server.rows.values()].map((row) => row.cellType)).toEqual(['Atypical', 'WBC-Basophil']);
  });

  it('writes mine over theirs', async () => {
    const { server, autosave } = await conflict();
    autosave.resolve('mine');
    expect(await autosave.flush()).toBe(true);
    expect([...server.rows.values()].map((row) => row.cellType)).toEqual(['WBC-Basophil', 'WBC-Basophil']);
  });
});

it('loses nothing and writes nothing twice, whatever fails and whenever the reader acts', async () => {
  const step = fc.oneof(
    anyAct,
    fc.constantFrom('undo' as const, 'redo' as const),
    fc.record({ waitMs: fc.nat(2_000) }),
  );
  const failures = fc.array(fc.constantFrom('none' as const, 'unreached' as const, 'answer lost' as const), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), failures, async (steps, faults) => {
      const store = latticeStore(5, 4);
      const undo = new UndoHistory(store);
      const server = new TestServer([], faults, 300);
      const autosave = new Autosave(store, server.save);
      for (const next of steps) {
        if (next === 'undo') undo.undo();
        else if (next === 'redo') undo.redo();
        else if ('waitMs' in next) await vi.advanceTimersByTimeAsync(next.waitMs);
        else perform(store, next);
      }
      await vi.advanceTimersByTimeAsync(400_000);
      expect(autosave.getState()).toEqual({ kind: 'saved' });
      const reloaded = latticeStore(5, 4, [...server.rows.values()]);
      const visible = (cells: ReturnType<typeof presentCells>) =>
        cells.map(({ id: _, ...cell }) => JSON.stringify(cell)).sort();
      expect(visible(presentCells(reloaded))).toEqual(visible(presentCells(store)));
      autosave.dispose();
    }),
    { numRuns: 150 },
  );
});
