import type { CellType } from '../../core/cell-types.ts';
import type { PackedCells } from '../../core/detection/packed-cells.ts';
import { Autosave, type SaveResult } from '../annotation/autosave.ts';
import { CellStore, type SavedAnnotation } from '../annotation/cell-store.ts';
import type { SaveBatch } from '../annotation/save-batch.ts';
import { Selection } from '../annotation/selection.ts';
import { UndoHistory } from '../annotation/undo.ts';

/** What the server holds of one image's cells. */
export interface SampleCells {
  jobId: string;
  runId: string | null;
  run: PackedCells | null;
  annotations: readonly SavedAnnotation[];
  cellTypes: readonly CellType[];
}

/** One image under the reader's eyes: its cells, what is selected, what can be undone, what is being saved. */
export interface OpenSample {
  jobId: string;
  runId: string | null;
  store: CellStore;
  selection: Selection;
  undo: UndoHistory;
  autosave: Autosave;
  /** Saves what is left, then lets go. */
  close(): Promise<void>;
}

export function openSample(
  { jobId, runId, run, annotations, cellTypes }: SampleCells,
  save: (batch: SaveBatch) => Promise<SaveResult>,
): OpenSample {
  const store = new CellStore({ run, annotations, cellTypes });
  const selection = new Selection(store);
  const undo = new UndoHistory(store);
  const autosave = new Autosave(store, save);
  return {
    jobId,
    runId,
    store,
    selection,
    undo,
    autosave,
    async close() {
      await autosave.flush();
      autosave.dispose();
      undo.dispose();
      selection.dispose();
    },
  };
}
