import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyAct, perform, presentCells, snapshot } from './testing/random-acts.ts';
import { latticeStore, saved } from './testing/small-run.ts';
import { UndoHistory } from './undo.ts';

it('gives back the initial arrays when all is undone, and the final ones when all is redone', () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 40 }), (acts) => {
      const store = latticeStore(6, 5, [
        saved({ source: 'detection', detectionIndex: 3 }),
        saved({ id: 'b' }),
      ]);
      const undo = new UndoHistory(store);
      const initialCount = store.columns.count;
      const initial = {
        arrays: snapshot(store, initialCount),
        cells: presentCells(store),
        counts: store.counts(),
      };
      for (const act of acts) perform(store, act);
      const final = { arrays: snapshot(store, store.columns.count), counts: store.counts() };
      while (undo.canUndo) undo.undo();
      expect(snapshot(store, initialCount)).toEqual(initial.arrays);
      expect(presentCells(store)).toEqual(initial.cells);
      expect(store.counts()).toEqual(initial.counts);
      while (undo.canRedo) undo.redo();
      expect(snapshot(store, store.columns.count)).toEqual(final.arrays);
      expect(store.counts()).toEqual(final.counts);
    }),
  );
});

it('takes back a relabelling of a thousand cells as one act', () => {
  const store = latticeStore(40, 25);
  const undo = new UndoHistory(store);
  const before = presentCells(store);
  store.relabel(
    Array.from({ length: 1_000 }, (_, id) => id),
    1,
  );
  expect(store.counts().reviewed[1]).toBe(1_000);
  expect(undo.undo()).toHaveLength(1_000);
  expect(presentCells(store)).toEqual(before);
  expect(undo.canUndo).toBe(false);
});

it('forgets what could be redone once the reader acts anew', () => {
  const store = latticeStore(2, 1);
  const undo = new UndoHistory(store);
  store.relabel([0], 1);
  undo.undo();
  store.relabel([1], 2);
  expect(undo.canRedo).toBe(false);
});

it('undoes an edit after a save gave the cell its row', () => {
  const store = latticeStore(2, 1);
  const undo = new UndoHistory(store);
  store.relabel([0], 2);
  store.setAnnotations(Uint32Array.of(0), [{ id: 'new', version: 1 }], 'save');
  undo.undo();
  expect(store.describe(0)).toMatchObject({ type: 0, annotation: { id: 'new', version: 1 } });
  expect(undo.canUndo).toBe(false);
});
