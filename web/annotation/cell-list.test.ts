import { expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { listCells } from './cell-list.ts';
import { CellStore } from './cell-store.ts';
import { runOf } from './testing/small-run.ts';

const box = { x: 0, y: 0, width: 9, height: 9 };
const ALL = { type: null, unreviewedOnly: false, uncertainOnly: false };

function store() {
  const cells = [
    { box, type: 0, confidence: 200 },
    { box, type: 1, confidence: 90 },
    { box, type: 0, confidence: 120 },
  ];
  return new CellStore({ run: runOf(cells), annotations: [], cellTypes: DEFAULT_CELL_TYPES });
}

it('lists the least sure first, added cells last, removed ones never', () => {
  const cells = store();
  const added = cells.add(box, 1);
  expect([...listCells(cells, ALL)]).toEqual([1, 2, 0, added]);
  cells.remove([2]);
  expect([...listCells(cells, ALL)]).toEqual([1, 0, added]);
});

it('filters by type and by what nobody looked at', () => {
  const cells = store();
  cells.accept([2]);
  expect([...listCells(cells, { type: 0, unreviewedOnly: false, uncertainOnly: false })]).toEqual([2, 0]);
  expect([...listCells(cells, { type: 0, unreviewedOnly: true, uncertainOnly: false })]).toEqual([0]);
});

it('lists what the machine could not tell until somebody has looked', () => {
  const uncertain = [0, 1, 2].map((type) => ({ box, type, uncertain: type > 0 }));
  const cells = new CellStore({ run: runOf(uncertain), annotations: [], cellTypes: DEFAULT_CELL_TYPES });
  expect([...listCells(cells, { ...ALL, uncertainOnly: true })]).toEqual([1, 2]);
  expect(cells.describe(1).uncertain).toBe(true);
  cells.accept([1]);
  expect([...listCells(cells, { ...ALL, uncertainOnly: true })]).toEqual([2]);
  expect(cells.describe(1).uncertain).toBe(false);
});
