import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { CellState, type Edit } from './cell-edit.ts';
import { CellStore } from './cell-store.ts';
import { anyAct, perform } from './testing/random-acts.ts';
import { latticeStore, runOf, saved } from './testing/small-run.ts';

const [MACROPHAGE, LYMPHOCYTE, NEUTROPHIL] = [0, 1, 2];
const box = { x: 5, y: 6, width: 7, height: 8 };

describe('loading', () => {
  it('puts an annotation with a detection index in the place of that detection', () => {
    const store = latticeStore(2, 1, [saved({ source: 'detection', detectionIndex: 1, comments: 'odd' })]);
    expect(store.columns.count).toBe(2);
    expect(store.describe(1)).toMatchObject({
      box: { x: 1, y: 2, width: 3, height: 4 },
      type: NEUTROPHIL,
      state: CellState.accepted,
      comment: 'odd',
      annotation: { id: 'a1', version: 1 },
      detectionIndex: 1,
    });
  });

  it('appends an added cell, which the machine gave no confidence', () => {
    const store = latticeStore(2, 1, [saved({})]);
    expect(store.describe(2)).toMatchObject({
      state: CellState.manual,
      confidence: null,
      detectionIndex: null,
    });
  });

  it('counts a rejected detection nowhere', () => {
    const store = latticeStore(2, 1, [saved({ source: 'rejection', detectionIndex: 0 })]);
    expect(store.isPresent(0)).toBe(false);
    expect(store.counts().present[MACROPHAGE]).toBe(0);
  });

  it('keeps an annotation of an older run as a cell of its own, and forgets its rejection', () => {
    const annotations = [
      saved({ id: 'old', source: 'detection', detectionIndex: 99 }),
      saved({ id: 'gone', source: 'rejection', detectionIndex: 99 }),
    ];
    const store = latticeStore(2, 1, annotations);
    expect(store.columns.count).toBe(3);
    expect(store.annotationOf(2)).toEqual({ id: 'old', version: 1 });
  });

  it('keeps a code that the laboratory no longer lists under its own name', () => {
    const run = { ...runOf([{ box }]), types: ['Plasma cell'] };
    const store = new CellStore({ run, annotations: [], cellTypes: DEFAULT_CELL_TYPES });
    expect(store.describe(0).cellType.code).toBe('Plasma cell');
    expect(store.cellTypes).toHaveLength(DEFAULT_CELL_TYPES.length + 1);
  });
});

it('tells what the machine took a cell for that a reader calls otherwise, also after loading', () => {
  const store = latticeStore(2, 1, [saved({ source: 'detection', detectionIndex: 1 })]);
  const { cellType } = store.describe(0);
  expect(store.describe(0).changedFrom).toBeNull();
  store.relabel([0], NEUTROPHIL);
  expect(store.describe(0)).toMatchObject({ type: NEUTROPHIL, changedFrom: cellType });
  expect(store.describe(1).changedFrom?.code).not.toBe(store.describe(1).cellType.code);
});

it('takes over that others gave a cell back to the machine, as it was found', () => {
  const store = latticeStore(2, 1, []);
  const found = store.describe(0);
  store.relabel([0], NEUTROPHIL);
  store.setBox(0, box);
  store.setComment(0, 'odd');
  store.takeSaved(0, null);
  expect(store.describe(0)).toEqual(found);
});

describe('acts of the reader', () => {
  it('makes a relabelled detection a reviewed one and counts it', () => {
    const store = latticeStore(2, 1);
    store.relabel([0], LYMPHOCYTE);
    expect(store.describe(0)).toMatchObject({ type: LYMPHOCYTE, state: CellState.accepted });
    expect(store.counts().reviewed[LYMPHOCYTE]).toBe(1);
    expect(store.counts().present[LYMPHOCYTE]).toBe(2);
  });

  it('counts an accepted detection under the type that the machine gave', () => {
    const store = latticeStore(3, 1);
    store.accept([2]);
    expect(store.counts().reviewed[NEUTROPHIL]).toBe(1);
  });

  it('makes no edit of an act that changes nothing', () => {
    const store = latticeStore(2, 1);
    store.accept([0]);
    const version = store.getVersion();
    store.accept([0]);
    store.relabel([0], MACROPHAGE);
    store.setComment(0, '');
    store.remove([]);
    expect(store.getVersion()).toBe(version);
  });

  it('leaves removed cells alone', () => {
    const store = latticeStore(2, 1);
    store.remove([0]);
    store.relabel([0], LYMPHOCYTE);
    store.setBox(0, box);
    expect(store.describe(0)).toMatchObject({ type: MACROPHAGE, state: CellState.rejected });
  });

  it('refuses a type that is not listed', () => {
    expect(() => latticeStore(1, 1).relabel([0], 200)).toThrow(RangeError);
  });

  it('gives observers one edit of an act, with what was before and after', () => {
    const store = latticeStore(3, 1);
    const edits: Edit[] = [];
    store.observe((edit) => edits.push(edit));
    store.relabel([0, 1, 2], NEUTROPHIL);
    expect(edits).toHaveLength(1);
    expect(edits[0]).toMatchObject({ origin: 'user' });
    expect(edits[0].changes[0]).toEqual({
      field: 'type',
      ids: Uint32Array.of(0, 1),
      before: Uint8Array.of(MACROPHAGE, LYMPHOCYTE),
      after: Uint8Array.of(NEUTROPHIL, NEUTROPHIL),
    });
  });

  it('grows beyond the capacity it started with', () => {
    const store = latticeStore(1, 1);
    const ids = Array.from({ length: 1_000 }, (_, i) => store.add({ ...box, x: i }, LYMPHOCYTE));
    expect(store.boxOf(ids[999])).toEqual({ ...box, x: 999 });
    expect(store.boxOf(0)).toEqual({ x: 10, y: 10, width: 20, height: 20 });
    expect(store.counts().reviewed[LYMPHOCYTE]).toBe(1_000);
  });

  it('drops the nucleus outline when the box is moved off it', () => {
    const store = latticeStore(1, 1);
    expect(store.hasOutline(0)).toBe(true);
    store.setBox(0, { x: 100, y: 100, width: 20, height: 20 });
    expect(store.hasOutline(0)).toBe(false);
  });
});

it('keeps counts that a recount confirms, whatever the reader does', () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 40 }), (acts) => {
      const store = latticeStore(6, 5);
      for (const act of acts) perform(store, act);
      const { count, type, state } = store.columns;
      const recount = (counts: (state: number) => boolean) =>
        store.cellTypes.map((_, index) => {
          let cells = 0;
          for (let id = 0; id < count; id++) if (type[id] === index && counts(state[id])) cells++;
          return cells;
        });
      expect(store.counts().present).toEqual(recount((of) => of <= 2));
      expect(store.counts().reviewed).toEqual(recount((of) => of === 1 || of === 2));
    }),
  );
});
