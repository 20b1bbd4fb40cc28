import type { PackedCells } from '../../core/detection/packed-cells.ts';
import { CellState } from './cell-edit.ts';

const MIN_CAPACITY = 256;
const CERTAIN = 255;

/** The cells as flat arrays, longer than `count`: entries beyond it are free capacity. */
export interface CellColumns {
  count: number;
  /** x, y, width, height of each cell, image px. */
  box: Float32Array;
  /** Index into the store's cell types. */
  type: Uint8Array;
  /** What the machine took the cell for, as an index like `type`; of cells that the reader added it says nothing. */
  foundType: Uint8Array;
  /** One of `CellState`. */
  state: Uint8Array;
  /** Probability of the machine's type × 255; 255 for cells the reader added. */
  confidence: Uint8Array;
  /** 1 where the machine's two most probable types lie too close together to tell. */
  uncertain: Uint8Array;
  /** Index in the detection run, −1 for cells that the machine did not find. */
  detectionIndex: Int32Array;
}

/** Columns that start with a run's cells in the run's order: a detection's cell id is its index in the run. */
export function columnsOfRun(run: PackedCells | null, typeIndex: readonly number[]): CellColumns {
  const count = run?.count ?? 0;
  const columns = emptyColumns(count, Math.max(MIN_CAPACITY, count + (count >> 3)));
  if (!run) return columns;
  columns.box.set(run.box);
  columns.confidence.set(run.confidence);
  columns.uncertain.set(run.uncertain);
  for (let id = 0; id < count; id++) {
    columns.type[id] = typeIndex[run.type[id]];
    columns.foundType[id] = columns.type[id];
    columns.detectionIndex[id] = id;
  }
  return columns;
}

/** Takes the next free slot, doubling the arrays when none is left; the slot is an erased cell at first. */
export function appendSlot(columns: CellColumns): number {
  if (columns.count === columns.type.length) grow(columns);
  const id = columns.count++;
  columns.state[id] = CellState.erased;
  columns.confidence[id] = CERTAIN;
  columns.detectionIndex[id] = -1;
  return id;
}

function emptyColumns(count: number, capacity: number): CellColumns {
  return {
    count,
    box: new Float32Array(capacity * 4),
    type: new Uint8Array(capacity),
    foundType: new Uint8Array(capacity),
    state: new Uint8Array(capacity),
    confidence: new Uint8Array(capacity),
    uncertain: new Uint8Array(capacity),
    detectionIndex: new Int32Array(capacity),
  };
}

function grow(columns: CellColumns): void {
  const larger = emptyColumns(columns.count, columns.type.length * 2);
  larger.box.set(columns.box);
  larger.type.set(columns.type);
  larger.foundType.set(columns.foundType);
  larger.state.set(columns.state);
  larger.confidence.set(columns.confidence);
  larger.uncertain.set(columns.uncertain);
  larger.detectionIndex.set(columns.detectionIndex);
  Object.assign(columns, larger);
}
