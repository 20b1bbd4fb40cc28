import { useSyncExternalStore } from 'react';
import type { CellStore } from '../annotation/cell-store.ts';
import type { Selection } from '../annotation/selection.ts';
import { cellSentence } from '../cells/cell-wording.ts';
import { Announcer } from '../ui/Announcer.tsx';
import type { SampleViewer } from '../viewer/sample-viewer.ts';

interface CurrentCellAnnouncerProps {
  store: CellStore;
  selection: Selection;
  viewer: SampleViewer;
}

/** Says the current cell aloud: "Cell 12 of 143, lymphocyte, 87 %, not looked at". */
export function CurrentCellAnnouncer({ store, selection, viewer }: CurrentCellAnnouncerProps) {
  useSyncExternalStore(store.subscribe, store.getVersion);
  const selected = useSyncExternalStore(selection.subscribe, selection.getSnapshot);
  return <Announcer message={sentence()} />;

  function sentence(): string {
    if (selected.size === 0) return '';
    if (selected.size > 1) return `${selected.size} cells selected`;
    const [cell] = selected;
    const { position, total } = viewer.placeOf(cell);
    return `Cell ${position} of ${total}, ${cellSentence(store.describe(cell))}`;
  }
}
