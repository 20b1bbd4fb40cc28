import { type Box, CellState } from './cell-edit.ts';
import type { CellStore } from './cell-store.ts';

/** The server takes at most this many cells in one request. */
export const MAX_BATCH = 5_000;

/** One cell to write. With `id` and `version` it replaces the row of that id, else it makes a new one. */
export interface AnnotationToSave {
  /** The cell's id in the store; the server never sees it. */
  clientId: number;
  id?: string;
  version?: number;
  cellCoordinates: Box;
  cellType: string;
  comments?: string;
  source: 'manual' | 'detection' | 'rejection';
  detectionIndex?: number;
}

export interface SaveBatch {
  /** A repeated attempt carries the same key and content, so that a lost answer never writes twice. */
  idempotencyKey: string;
  annotations: readonly AnnotationToSave[];
  /** Ids of rows to delete. */
  removed: readonly string[];
  /** Store ids of `removed`, in its order. */
  removedCells: readonly number[];
}

/** Cells of `dirty`, at most `MAX_BATCH`, as the server should hold them. Null when it holds them so already. */
export function takeBatch(store: CellStore, dirty: Set<number>): SaveBatch | null {
  const annotations: AnnotationToSave[] = [];
  const removed: string[] = [];
  const removedCells: number[] = [];
  for (const id of dirty) {
    if (annotations.length + removed.length === MAX_BATCH) break;
    dirty.delete(id);
    const wanted = annotationToSave(store, id);
    const row = store.annotationOf(id);
    if (wanted) {
      annotations.push(wanted);
    } else if (row) {
      removed.push(row.id);
      removedCells.push(id);
    }
  }
  if (annotations.length + removed.length === 0) return null;
  return { idempotencyKey: crypto.randomUUID(), annotations, removed, removedCells };
}

/** Store ids of every cell in a batch. */
export function cellsOf(batch: SaveBatch): number[] {
  return [...batch.annotations.map((annotation) => annotation.clientId), ...batch.removedCells];
}

/** The row a cell should have: none for a detection nobody looked at and for an added cell that was removed. */
function annotationToSave(store: CellStore, id: number): AnnotationToSave | null {
  const { state, detectionIndex, type } = store.columns;
  if (state[id] === CellState.unreviewed || state[id] === CellState.erased) return null;
  const row = store.annotationOf(id);
  const comment = store.commentOf(id);
  return {
    clientId: id,
    ...row,
    cellCoordinates: store.boxOf(id),
    cellType: store.cellTypes[type[id]].code,
    ...((row || comment) && { comments: comment }),
    source: SOURCES[state[id]],
    ...(detectionIndex[id] >= 0 && { detectionIndex: detectionIndex[id] }),
  };
}

const SOURCES: Record<number, AnnotationToSave['source']> = {
  [CellState.accepted]: 'detection',
  [CellState.manual]: 'manual',
  [CellState.rejected]: 'rejection',
};
