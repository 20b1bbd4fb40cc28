import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { EmptyState } from '../ui/EmptyState.tsx';
import type { SampleImage as ViewedImage } from '../viewer/image-viewer.ts';
import { SampleViewer } from '../viewer/sample-viewer.ts';
import { HoverReadout } from './HoverReadout.tsx';
import type { OpenSample } from './open-sample.ts';

interface SampleStageProps {
  open: OpenSample;
  image: ViewedImage;
  canEdit: boolean;
  viewer: SampleViewer | null;
  /** Tells of the viewer once it stands, and of null when it goes. */
  onViewer: (viewer: SampleViewer | null, element: HTMLElement | null) => void;
  /** Fetches a new address for the image: signed ones end after minutes. */
  onReload: () => void;
}

/** The image with its cells. The viewer is made once per image; React never draws a cell. */
export function SampleStage({ open, image, canEdit, viewer, onViewer, onReload }: SampleStageProps) {
  const element = useRef<HTMLDivElement>(null);
  const { url, width, height, tiles } = image;
  useEffect(() => {
    const host = element.current;
    if (!host) return;
    const { store, selection } = open;
    const made = new SampleViewer(host, {
      image: { url, width, height, tiles },
      store,
      selection,
      readOnly: !canEdit,
    });
    onViewer(made, host);
    return () => {
      onViewer(null, null);
      made.destroy();
    };
  }, [open, url, width, height, tiles, canEdit, onViewer]);
  return (
    <Box sx={{ position: 'relative', flex: 1, minHeight: 0, bgcolor: '#e9ecee' }}>
      <Box
        ref={element}
        role="application"
        aria-label="Image with its cells: Tab goes from cell to cell, Escape leaves the image"
        sx={{
          position: 'absolute',
          inset: 0,
          outline: 'none !important',
          // The image would cover an outline.
          '&:focus-visible::after': {
            content: '""',
            position: 'absolute',
            inset: 0,
            border: 2,
            borderColor: 'primary.main',
            pointerEvents: 'none',
          },
        }}
      />
      {viewer && <HoverReadout store={open.store} viewer={viewer} />}
      {viewer && <ImageTrouble viewer={viewer} onReload={onReload} />}
    </Box>
  );
}

function ImageTrouble({ viewer, onReload }: { viewer: SampleViewer; onReload: () => void }) {
  const { image } = useSyncExternalStore(viewer.subscribe, viewer.getState);
  const [reloading, setReloading] = useState(false);
  if (image !== 'failed') return null;
  return (
    <Box
      sx={{
        position: 'absolute',
        inset: 0,
        display: 'grid',
        placeItems: 'center',
        bgcolor: 'background.default',
      }}
    >
      <EmptyState
        title="The image could not be shown"
        action={
          <Button
            variant="contained"
            disabled={reloading}
            onClick={() => {
              setReloading(true);
              onReload();
            }}
          >
            Load it again
          </Button>
        }
      >
        Your annotations are safe. Check the network connection, then load it again.
      </EmptyState>
    </Box>
  );
}
