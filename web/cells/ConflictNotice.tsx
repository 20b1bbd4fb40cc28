import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useSyncExternalStore } from 'react';
import type { Autosave, SaveConflict } from '../annotation/autosave.ts';
import type { CellStore } from '../annotation/cell-store.ts';

const SHOWN = 4;

interface ConflictNoticeProps {
  autosave: Autosave;
  store: CellStore;
  onShow: (cell: number) => void;
}

/** Cells that were changed here and elsewhere: which, how, and whose version to keep. Other edits are not lost. */
export function ConflictNotice({ autosave, store, onShow }: ConflictNoticeProps) {
  const state = useSyncExternalStore(autosave.subscribe, autosave.getState);
  if (state.kind !== 'conflict') return null;
  const { conflicts } = state;
  return (
    <Alert
      severity="warning"
      variant="outlined"
      sx={{ borderRadius: 0, bgcolor: 'warning.light' }}
      action={
        <Stack direction="row" spacing={1}>
          <Button variant="outlined" onClick={() => autosave.resolve('theirs')}>
            Take the saved ones
          </Button>
          <Button variant="outlined" onClick={() => autosave.resolve('mine')}>
            Keep mine
          </Button>
        </Stack>
      }
    >
      <Typography variant="body2">
        {conflicts.length === 1 ? 'One cell was' : `${conflicts.length} cells were`} changed elsewhere since
        this field was opened, in another window or by an administrator. Your other edits are kept and saved
        after you choose.
      </Typography>
      <Stack direction="row" sx={{ flexWrap: 'wrap', columnGap: 2 }}>
        {conflicts.slice(0, SHOWN).map((conflict) => (
          <Button key={conflict.cell} variant="text" onClick={() => onShow(conflict.cell)}>
            {differenceOf(conflict, store)}
          </Button>
        ))}
        {conflicts.length > SHOWN && (
          <Typography variant="body2" sx={{ py: 0.75 }}>
            and {conflicts.length - SHOWN} more
          </Typography>
        )}
      </Stack>
    </Alert>
  );
}

function differenceOf({ cell, current }: SaveConflict, store: CellStore): string {
  const mine = store.isPresent(cell) ? store.describe(cell).cellType.name : 'removed';
  const saved = current
    ? (store.cellTypes.find((type) => type.code === current.cellType)?.name ?? current.cellType)
    : 'removed';
  return `Here ${mine}, saved ${saved}`;
}
