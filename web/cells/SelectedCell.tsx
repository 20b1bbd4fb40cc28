import CheckOutlined from '@mui/icons-material/CheckOutlined';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState, useSyncExternalStore } from 'react';
import { CellState } from '../annotation/cell-edit.ts';
import type { CellDescription, CellStore } from '../annotation/cell-store.ts';
import type { Selection } from '../annotation/selection.ts';
import { certaintyOf, originOf, typesOf } from './cell-wording.ts';

interface SelectedCellProps {
  store: CellStore;
  selection: Selection;
  /** Place of a cell among those shown, in reading order. */
  placeOf: (cell: number) => { position: number; total: number };
  /** Absent for those who only read. */
  edits?: { accept(): void; remove(): void };
}

/** The selected cell, or what the selected cells have in common. Keeps its height, so that the palette stays put. */
export function SelectedCell({ store, selection, placeOf, edits }: SelectedCellProps) {
  useSyncExternalStore(store.subscribe, store.getVersion);
  const selected = useSyncExternalStore(selection.subscribe, selection.getSnapshot);
  const [only] = selected;
  return (
    <Box component="section" aria-label="Selected cell" sx={{ px: 1, minHeight: 148 }}>
      {selected.size === 0 && <NothingSelected canEdit={edits !== undefined} />}
      {selected.size === 1 && (
        <OneCell key={only} cell={store.describe(only)} store={store} place={placeOf(only)} edits={edits} />
      )}
      {selected.size > 1 && <ManyCells store={store} selected={selected} edits={edits} />}
    </Box>
  );
}

function NothingSelected({ canEdit }: { canEdit: boolean }) {
  return (
    <>
      <Typography variant="h3">No cell selected</Typography>
      <Typography variant="body2" color="textSecondary">
        Click a cell, or press Tab on the image to go from cell to cell.
        {canEdit && ' Then give it a type by its key, or press Enter to accept it.'}
      </Typography>
    </>
  );
}

interface OneCellProps {
  cell: CellDescription;
  store: CellStore;
  place: { position: number; total: number };
  edits: SelectedCellProps['edits'];
}

function OneCell({ cell, store, place, edits }: OneCellProps) {
  return (
    <>
      <Typography variant="caption" color="textSecondary">
        Cell {place.position} of {place.total}
      </Typography>
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
        <Box
          sx={{ width: 12, height: 12, borderRadius: '3px', bgcolor: cell.cellType.color, flexShrink: 0 }}
        />
        <Typography variant="h3" noWrap title={cell.cellType.name}>
          {cell.cellType.name}
        </Typography>
        <Typography variant="body2" color="textSecondary" sx={{ whiteSpace: 'nowrap' }}>
          {certaintyOf(cell)}
        </Typography>
      </Stack>
      <Typography variant="caption" color="textSecondary" component="p">
        {originOf(cell)}
      </Typography>
      {edits && <EditButtons edits={edits} canAccept={cell.state === CellState.unreviewed} />}
      <CommentField
        comment={cell.comment}
        onSave={edits && ((comment) => store.setComment(cell.id, comment))}
      />
    </>
  );
}

function ManyCells({
  store,
  selected,
  edits,
}: {
  store: CellStore;
  selected: ReadonlySet<number>;
  edits: SelectedCellProps['edits'];
}) {
  const types = typesOf(store, selected);
  return (
    <>
      <Typography variant="h3">{selected.size} cells selected</Typography>
      <Typography variant="body2" color="textSecondary">
        {types.map(({ type, count }) => `${store.cellTypes[type].name} ${count}`).join(', ')}
      </Typography>
      {edits && <EditButtons edits={edits} canAccept />}
    </>
  );
}

function EditButtons({
  edits,
  canAccept,
}: {
  edits: NonNullable<SelectedCellProps['edits']>;
  canAccept: boolean;
}) {
  return (
    <Stack direction="row" spacing={1} sx={{ mt: 0.5 }}>
      <Button
        variant="outlined"
        startIcon={<CheckOutlined />}
        disabled={!canAccept}
        aria-keyshortcuts="Enter"
        onClick={edits.accept}
      >
        Accept
      </Button>
      <Button startIcon={<DeleteOutlined />} aria-keyshortcuts="Delete" onClick={edits.remove}>
        Remove
      </Button>
    </Stack>
  );
}

/** Written to the cell on leaving the field, so that typing is one edit. */
function CommentField({ comment, onSave }: { comment: string; onSave?: (comment: string) => void }) {
  const [text, setText] = useState(comment);
  if (!onSave) return comment ? <Typography variant="body2">{comment}</Typography> : null;
  return (
    <TextField
      value={text}
      placeholder="Comment"
      slotProps={{ htmlInput: { maxLength: 2000, 'aria-label': 'Comment on this cell' } }}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onSave(text.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.querySelector('input')?.blur();
      }}
      sx={{ mt: 1, '& input': { py: 0.5, fontSize: 13 } }}
    />
  );
}
