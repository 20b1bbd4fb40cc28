import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import type { Box } from './cell-edit.ts';
import { CellStore } from './cell-store.ts';
import { ReadingOrder } from './reading-order.ts';
import { SpatialIndex } from './spatial-index.ts';
import { anyAct, perform } from './testing/random-acts.ts';
import { latticeStore, runOf } from './testing/small-run.ts';

const storeOf = (boxes: readonly Box[]) =>
  new CellStore({
    run: runOf(boxes.map((box) => ({ box }))),
    annotations: [],
    cellTypes: DEFAULT_CELL_TYPES,
  });

describe('pick', () => {
  const large = { x: 0, y: 0, width: 90, height: 90 };
  const small = { x: 20, y: 20, width: 40, height: 40 };

  it('takes the smallest of the boxes that hold the point', () => {
    const store = storeOf([large, small]);
    const index = new SpatialIndex(store);
    expect(index.pick(22, 22, () => true)).toBe(1);
    expect(index.pick(5, 5, () => true)).toBe(0);
    expect(index.pick(95, 5, () => true)).toBe(-1);
  });

  it('prefers the cell whose nucleus is under the point', () => {
    const store = storeOf([large, small]);
    // In the outline of the large cell's nucleus (30 to 60), outside that of the small one (33 to 47).
    expect(new SpatialIndex(store).pick(55, 55, () => true)).toBe(0);
  });

  it('takes cells whose nucleus has no outline, as remote models find them, by their boxes', () => {
    const run = runOf([{ box: large }, { box: small }]);
    const outlines = { outlineStart: new Uint32Array(3), outline: new Float32Array(0) };
    const store = new CellStore({
      run: { ...run, ...outlines },
      annotations: [],
      cellTypes: DEFAULT_CELL_TYPES,
    });
    expect([store.hasOutline(0), store.hasOutline(1)]).toEqual([false, false]);
    const index = new SpatialIndex(store);
    expect([index.pick(45, 45, () => true), index.pick(5, 5, () => true)]).toEqual([1, 0]);
  });

  it('skips cells that are hidden', () => {
    const store = storeOf([large, small]);
    expect(new SpatialIndex(store).pick(22, 22, (id) => id !== 1)).toBe(0);
  });
});

it('answers as a search of every cell does, after any edits', () => {
  fc.assert(
    fc.property(
      fc.array(anyAct, { maxLength: 30 }),
      fc.nat(300),
      fc.nat(300),
      fc.nat(200),
      (acts, x, y, side) => {
        const store = latticeStore(6, 5);
        const index = new SpatialIndex(store);
        for (const act of acts) perform(store, act);
        const isVisible = (id: number) => store.isPresent(id);
        const all = Array.from({ length: store.columns.count }, (_, id) => id).filter(isVisible);
        const holds = (id: number) => {
          const { x: cx, y: cy } = index.centreOf(id);
          return cx >= x && cy >= y && cx <= x + side && cy <= y + side;
        };
        const band = { x, y, width: side, height: side };
        expect(index.withCentreIn(band, isVisible).sort((a, b) => a - b)).toEqual(all.filter(holds));
        const picked = index.pick(x, y, isVisible);
        const under = all.filter((id) => {
          const box = store.boxOf(id);
          return x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height;
        });
        expect(picked >= 0).toBe(under.length > 0);
        if (picked >= 0) expect(under).toContain(picked);
      },
    ),
  );
});

it('finds cells again after more changes than its side list holds', () => {
  const store = latticeStore(40, 25);
  const index = new SpatialIndex(store);
  for (let id = 0; id < 800; id++) {
    const box = store.boxOf(id);
    store.setBox(id, { ...box, x: box.x + 5_000 });
  }
  expect(index.pick(5_020, 20, () => true)).toBe(0);
  expect(index.pick(20, 20, () => true)).toBe(-1);
});

describe('neighbour', () => {
  it('steps over a lattice in the four directions', () => {
    const index = new SpatialIndex(latticeStore(5, 5));
    const step = (direction: 'left' | 'right' | 'up' | 'down') => index.neighbour(12, direction, () => true);
    expect([step('left'), step('right'), step('up'), step('down')]).toEqual([11, 13, 7, 17]);
  });

  it('ends at the border and skips hidden cells', () => {
    const index = new SpatialIndex(latticeStore(5, 5));
    expect(index.neighbour(0, 'left', () => true)).toBe(-1);
    expect(index.neighbour(12, 'right', (id) => id !== 13)).toBe(14);
  });

  it('sees cells that were added', () => {
    const store = latticeStore(5, 5);
    const index = new SpatialIndex(store);
    const added = store.add({ x: 115, y: 92, width: 10, height: 10 }, 0);
    expect(index.neighbour(12, 'right', () => true)).toBe(added);
  });
});

describe('reading order', () => {
  it('goes line by line, though cells of a line are not level', () => {
    const store = storeOf([
      { x: 60, y: 4, width: 20, height: 20 },
      { x: 10, y: 8, width: 20, height: 20 },
      { x: 10, y: 50, width: 20, height: 20 },
      { x: 100, y: 1, width: 20, height: 20 },
    ]);
    const order = new ReadingOrder(store);
    const walk = [-1, 1, 0, 3].map((from) => order.next(from, 1, () => true));
    expect(walk).toEqual([1, 0, 3, 2]);
    expect(order.next(2, 1, () => true)).toBe(-1);
    expect(order.next(2, -1, () => true)).toBe(3);
    expect(order.next(-1, -1, () => true)).toBe(2);
  });

  it('takes in cells that are added later and skips what is hidden', () => {
    const store = latticeStore(3, 1);
    const order = new ReadingOrder(store);
    expect(order.next(0, 1, () => true)).toBe(1);
    const added = store.add({ x: 35, y: 10, width: 10, height: 20 }, 0);
    expect(order.next(0, 1, () => true)).toBe(added);
    expect(order.next(0, 1, (id) => id === 2)).toBe(2);
  });
});
