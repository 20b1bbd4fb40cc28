import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { latticeStore } from '../annotation/testing/small-run.ts';
import { TestServer } from '../annotation/testing/test-server.ts';
import { openSample } from './open-sample.ts';

const NEUTROPHIL = 2;
const MANY = 10_000;

function open(server = new TestServer()) {
  const { run } = latticeStore(100, MANY / 100);
  return openSample(
    { jobId: 'j1', runId: 'r1', run, annotations: [], cellTypes: DEFAULT_CELL_TYPES },
    server.save,
  );
}

describe('an open sample, as React sees it', () => {
  it('tells once of a change to thousands of cells, with one new version', () => {
    const { store } = open();
    let told = 0;
    store.subscribe(() => told++);
    const before = store.getVersion();
    store.relabel(
      Array.from({ length: MANY }, (_, id) => id),
      NEUTROPHIL,
    );
    expect(told).toBe(1);
    expect(store.getVersion()).toBe(before + 1);
    expect(store.counts().reviewed[NEUTROPHIL]).toBe(MANY);
  });

  it('gives the same snapshots until something changes', () => {
    const { store, selection, autosave } = open();
    expect(store.counts()).toBe(store.counts());
    expect(selection.getSnapshot()).toBe(selection.getSnapshot());
    expect(autosave.getState()).toBe(autosave.getState());
    const counts = store.counts();
    store.accept([0]);
    expect(store.counts()).not.toBe(counts);
  });

  it('counts at once what is not saved yet', () => {
    const server = new TestServer();
    const { store } = open(server);
    store.accept([0, 1]);
    expect(store.counts().reviewed.reduce((a, b) => a + b)).toBe(2);
    expect(server.batches).toHaveLength(0);
  });

  it('saves on closing what is left, and nothing after it', async () => {
    const server = new TestServer();
    const sample = open(server);
    sample.store.relabel([0, 1, 2], NEUTROPHIL);
    await sample.close();
    expect(server.rows.size).toBe(3);
    sample.store.relabel([3], NEUTROPHIL);
    await sample.autosave.flush();
    expect(server.rows.size).toBe(3);
  });
});
