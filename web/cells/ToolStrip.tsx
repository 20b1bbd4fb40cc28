import AddBoxOutlined from '@mui/icons-material/AddBoxOutlined';
import AddOutlined from '@mui/icons-material/AddOutlined';
import FitScreenOutlined from '@mui/icons-material/FitScreenOutlined';
import HelpOutlineOutlined from '@mui/icons-material/HelpOutlineOutlined';
import NearMeOutlined from '@mui/icons-material/NearMeOutlined';
import RedoOutlined from '@mui/icons-material/RedoOutlined';
import RemoveOutlined from '@mui/icons-material/RemoveOutlined';
import UndoOutlined from '@mui/icons-material/UndoOutlined';
import VisibilityOffOutlined from '@mui/icons-material/VisibilityOffOutlined';
import VisibilityOutlined from '@mui/icons-material/VisibilityOutlined';
import Divider from '@mui/material/Divider';
import Stack from '@mui/material/Stack';
import { useSyncExternalStore } from 'react';
import type { CellStore } from '../annotation/cell-store.ts';
import type { Command } from '../annotation/keyboard.ts';
import type { UndoHistory } from '../annotation/undo.ts';
import { ToolButton } from '../ui/ToolButton.tsx';
import type { SampleViewer } from '../viewer/sample-viewer.ts';
import { AdjustmentButton } from './AdjustmentButton.tsx';
import { ConfidenceFilter } from './ConfidenceFilter.tsx';

interface ToolStripProps {
  store: CellStore;
  viewer: SampleViewer;
  undo: UndoHistory;
  canEdit: boolean;
  /** Carries out what a button stands for, as its key would. */
  run: (command: Command) => void;
  onHelp: () => void;
}

/** Tools and view settings above the image; every button has its key. */
export function ToolStrip({ store, viewer, undo, canEdit, run, onHelp }: ToolStripProps) {
  useSyncExternalStore(store.subscribe, store.getVersion);
  const { tool, cellsShown, minConfidence, adjustment } = useSyncExternalStore(
    viewer.subscribe,
    viewer.getState,
  );
  return (
    <Stack
      role="toolbar"
      aria-label="Image tools"
      direction="row"
      sx={{
        alignItems: 'center',
        gap: 0.25,
        px: 1,
        minHeight: 44,
        flexWrap: 'wrap',
        bgcolor: 'background.paper',
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      {canEdit && (
        <>
          <ToolButton
            label="Select cells (Esc)"
            pressed={tool === 'select'}
            onClick={() => viewer.setTool('select')}
          >
            <NearMeOutlined sx={{ transform: 'scaleX(-1)' }} />
          </ToolButton>
          <ToolButton
            label="Add cells (N): drag a box, or click"
            pressed={tool === 'add-box'}
            onClick={() => viewer.setTool('add-box')}
          >
            <AddBoxOutlined />
          </ToolButton>
          <Gap />
          <ToolButton label="Undo (Ctrl+Z)" disabled={!undo.canUndo} onClick={() => run({ name: 'undo' })}>
            <UndoOutlined />
          </ToolButton>
          <ToolButton
            label="Redo (Ctrl+Shift+Z)"
            disabled={!undo.canRedo}
            onClick={() => run({ name: 'redo' })}
          >
            <RedoOutlined />
          </ToolButton>
          <Gap />
        </>
      )}
      <ToolButton label="Zoom out (−)" onClick={() => run({ name: 'zoom-out' })}>
        <RemoveOutlined />
      </ToolButton>
      <ToolButton label="Zoom in (+)" onClick={() => run({ name: 'zoom-in' })}>
        <AddOutlined />
      </ToolButton>
      <ToolButton label="Show the whole image (F)" onClick={() => run({ name: 'zoom-to-fit' })}>
        <FitScreenOutlined />
      </ToolButton>
      <Gap />
      <ToolButton
        label={cellsShown ? 'Hide all cells (H)' : 'Show the cells (H)'}
        pressed={!cellsShown}
        onClick={() => run({ name: 'hide-cells' })}
      >
        {cellsShown ? <VisibilityOutlined /> : <VisibilityOffOutlined />}
      </ToolButton>
      <AdjustmentButton adjustment={adjustment} onChange={(next) => viewer.setAdjustment(next)} />
      <Gap />
      <ConfidenceFilter value={minConfidence} onChange={(next) => viewer.setMinConfidence(next)} />
      <Stack sx={{ flex: 1 }} />
      <ToolButton label="Keys (?)" onClick={onHelp}>
        <HelpOutlineOutlined />
      </ToolButton>
    </Stack>
  );
}

const Gap = () => <Divider orientation="vertical" flexItem sx={{ mx: 0.75, my: 1 }} />;
