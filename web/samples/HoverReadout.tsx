import Box from '@mui/material/Box';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { CellStore } from '../annotation/cell-store.ts';
import { cellSentence } from '../cells/cell-wording.ts';
import type { SampleViewer } from '../viewer/sample-viewer.ts';

/** What is under the pointer, in a corner where it covers no cell at work. */
export function HoverReadout({ store, viewer }: { store: CellStore; viewer: SampleViewer }) {
  useSyncExternalStore(store.subscribe, store.getVersion);
  const [hovered, setHovered] = useState(-1);
  useEffect(() => viewer.onHover(setHovered), [viewer]);
  if (hovered < 0 || !store.isPresent(hovered)) return null;
  return (
    <Box
      aria-hidden
      sx={{
        position: 'absolute',
        left: 8,
        bottom: 8,
        maxWidth: 'calc(100% - 16px)',
        px: 1,
        py: 0.25,
        borderRadius: 1,
        bgcolor: '#26333a',
        color: '#ffffff',
        fontSize: 12,
        pointerEvents: 'none',
      }}
    >
      {cellSentence(store.describe(hovered))}
    </Box>
  );
}
