import fc from 'fast-check';
import type { CellStore } from '../cell-store.ts';

/** One act of a reader; numbers are taken modulo what the store has. */
export type Act =
  | { act: 'relabel'; cells: number[]; type: number }
  | { act: 'accept' | 'remove'; cells: number[] }
  | { act: 'add'; x: number; y: number; type: number }
  | { act: 'setBox'; cell: number; x: number; y: number }
  | { act: 'comment'; cell: number; text: string };

const cells = fc.array(fc.nat(60), { minLength: 1, maxLength: 20 });
const cell = fc.nat(60);
const type = fc.nat(12);
const place = fc.nat(300);

export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constant('relabel' as const), cells, type }),
  fc.record({ act: fc.constantFrom('accept' as const, 'remove' as const), cells }),
  fc.record({ act: fc.constant('add' as const), x: place, y: place, type }),
  fc.record({ act: fc.constant('setBox' as const), cell, x: place, y: place }),
  fc.record({ act: fc.constant('comment' as const), cell, text: fc.string({ maxLength: 3 }) }),
);

export function perform(store: CellStore, act: Act): void {
  const existing = (id: number) => id % store.columns.count;
  switch (act.act) {
    case 'relabel':
      store.relabel(act.cells.map(existing), act.type);
      break;
    case 'accept':
      store.accept(act.cells.map(existing));
      break;
    case 'remove':
      store.remove(act.cells.map(existing));
      break;
    case 'add':
      store.add({ x: act.x, y: act.y, width: 15, height: 12 }, act.type);
      break;
    case 'setBox':
      store.setBox(existing(act.cell), { x: act.x, y: act.y, width: 18, height: 22 });
      break;
    case 'comment':
      store.setComment(existing(act.cell), act.text);
      break;
  }
}

/** Everything a reader can see of the present cells. */
export function presentCells(store: CellStore) {
  return Array.from({ length: store.columns.count }, (_, id) => id)
    .filter((id) => store.isPresent(id))
    .map((id) => ({ ...store.describe(id), annotation: null }));
}

/** The arrays up to `count`, copied. */
export function snapshot({ columns }: CellStore, count: number) {
  return {
    box: columns.box.slice(0, count * 4),
    type: columns.type.slice(0, count),
    state: columns.state.slice(0, count),
    confidence: columns.confidence.slice(0, count),
    detectionIndex: columns.detectionIndex.slice(0, count),
  };
}
