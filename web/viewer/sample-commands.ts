import type { CellStore } from '../annotation/cell-store.ts';
import type { Command } from '../annotation/keyboard.ts';
import type { Selection } from '../annotation/selection.ts';
import type { UndoHistory } from '../annotation/undo.ts';
import type { SampleViewer } from './sample-viewer.ts';

export interface SampleSession {
  store: CellStore;
  selection: Selection;
  undo: UndoHistory;
  viewer: SampleViewer;
}

const ZOOM_STEP = 1.4;

/** Carries out a command on the sample; false for those of the page, like the next sample, and when nothing was to do. */
export function runSampleCommand(
  command: Command,
  { store, selection, undo, viewer }: SampleSession,
): boolean {
  const selected = selection.ids;
  const onSelected = (act: () => void) => {
    if (selected.size > 0) act();
    return selected.size > 0;
  };
  const done = (act: () => void) => {
    act();
    return true;
  };
  switch (command.name) {
    case 'relabel':
      return onSelected(() => store.relabel(selected, command.type));
    case 'accept':
      return onSelected(() => store.accept(selected));
    case 'remove':
      return onSelected(() => store.remove(selected));
    case 'undo':
      return done(() => undo.undo());
    case 'redo':
      return done(() => undo.redo());
    case 'next-cell':
      return viewer.step(1);
    case 'previous-cell':
      return viewer.step(-1);
    case 'next-uncertain':
      return viewer.stepToUncertain();
    case 'step-to':
      return done(() => viewer.stepTo(command.direction));
    case 'select-all':
      return done(() => viewer.selectAllVisible());
    case 'add-tool':
      return done(() => viewer.setTool(viewer.getState().tool === 'add-box' ? 'select' : 'add-box'));
    case 'cancel':
      return viewer.cancel() || viewer.releaseFocus();
    case 'zoom-in':
      return done(() => viewer.zoomBy(ZOOM_STEP));
    case 'zoom-out':
      return done(() => viewer.zoomBy(1 / ZOOM_STEP));
    case 'zoom-to-fit':
      return done(() => viewer.zoomToFit());
    case 'actual-size':
      return done(() => viewer.zoomToActualSize());
    case 'hide-cells':
      return done(() => viewer.setCellsShown(!viewer.getState().cellsShown));
    default:
      return false;
  }
}
