import Stack from '@mui/material/Stack';
import { useSyncExternalStore } from 'react';
import type { Command } from '../annotation/keyboard.ts';
import { CellPalette } from '../cells/CellPalette.tsx';
import { typesOf } from '../cells/cell-wording.ts';
import { SelectedCell } from '../cells/SelectedCell.tsx';
import type { SampleViewer } from '../viewer/sample-viewer.ts';
import type { OpenSample } from './open-sample.ts';

interface CellsColumnProps {
  open: OpenSample;
  viewer: SampleViewer;
  canEdit: boolean;
  run: (command: Command) => void;
}

/** The selected cell above the types it can be given. */
export function CellsColumn({ open: { store, selection }, viewer, canEdit, run }: CellsColumnProps) {
  useSyncExternalStore(store.subscribe, store.getVersion);
  const selected = useSyncExternalStore(selection.subscribe, selection.getSnapshot);
  const edits = { accept: () => run({ name: 'accept' }), remove: () => run({ name: 'remove' }) };
  return (
    <Stack spacing={1.5}>
      <SelectedCell
        store={store}
        selection={selection}
        placeOf={(cell) => viewer.placeOf(cell)}
        edits={canEdit ? edits : undefined}
      />
      <CellPalette
        store={store}
        viewer={viewer}
        selectedTypes={new Set(typesOf(store, selected).map(({ type }) => type))}
        onRelabel={canEdit ? (type) => run({ name: 'relabel', type }) : undefined}
      />
    </Stack>
  );
}
