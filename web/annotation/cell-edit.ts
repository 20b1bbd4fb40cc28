/** A box in full-resolution image pixels, origin top left. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is known of one cell; one byte in the store's `state` column. */
export const CellState = {
  /** Found by the machine, nobody has looked at it. */
  unreviewed: 0,
  /** Found by the machine, accepted or changed by the reader. */
  accepted: 1,
  /** Added by the reader. */
  manual: 2,
  /** Found by the machine, removed by the reader; counts nowhere. */
  rejected: 3,
  /** Added by the reader and removed again, or an addition undone; counts nowhere. */
  erased: 4,
} as const;

export type CellState = (typeof CellState)[keyof typeof CellState];

/** Present cells are drawn, picked and listed; the others only wait to be brought back by undo. */
export const isPresent = (state: number): boolean => state <= CellState.manual;

/** Only these count in the running differential. */
export const isReviewed = (state: number): boolean =>
  state === CellState.accepted || state === CellState.manual;

/** The server's row behind a cell: its id and the version the next save must name. */
export interface AnnotationRef {
  id: string;
  version: number;
}

/** New values of one field for some cells; `ids[i]` goes with entry i (for boxes, four entries from 4i). */
export type FieldChange =
  | { field: 'box'; ids: Uint32Array; before: Float32Array; after: Float32Array }
  | { field: 'type' | 'state'; ids: Uint32Array; before: Uint8Array; after: Uint8Array }
  | { field: 'comment'; ids: Uint32Array; before: readonly string[]; after: readonly string[] }
  | {
      field: 'annotation';
      ids: Uint32Array;
      before: readonly (AnnotationRef | null)[];
      after: readonly (AnnotationRef | null)[];
    };

/**
 * Everything one act changed. `user` and `undo` edits have to be saved; `load` brings what the server holds;
 * `save` records the ids and versions that a save was given.
 */
export interface Edit {
  origin: 'user' | 'undo' | 'load' | 'save';
  changes: readonly FieldChange[];
}

/** The edit that takes `edit` back. */
export function invertEdit(edit: Edit): Edit {
  return { origin: 'undo', changes: edit.changes.map(invertChange).reverse() };
}

function invertChange(change: FieldChange): FieldChange {
  return { ...change, before: change.after, after: change.before } as FieldChange;
}

/** Ids of all cells an edit touches, each once. */
export function idsOf(edit: Edit): Uint32Array {
  const [only] = edit.changes;
  if (edit.changes.length === 1) return only.ids;
  return Uint32Array.from(new Set(edit.changes.flatMap((change) => Array.from(change.ids))));
}
