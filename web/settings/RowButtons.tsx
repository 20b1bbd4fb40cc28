import ArrowDownward from '@mui/icons-material/ArrowDownward';
import ArrowUpward from '@mui/icons-material/ArrowUpward';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { moved } from './rows.ts';

interface MoveButtonsProps<T> {
  /** What is moved, for screen readers. */
  name: string;
  rows: readonly T[];
  at: number;
  onChange: (rows: readonly T[]) => void;
}

/** Moves a row of a list up or down. */
export function MoveButtons<T>({ name, rows, at, onChange }: MoveButtonsProps<T>) {
  return (
    <Box sx={{ display: 'flex', pt: 0.375 }}>
      <IconButton
        aria-label={`Move ${name} up`}
        // Kept in place: a disabled button would lose the keyboard's focus.
        aria-disabled={at === 0}
        onClick={() => onChange(moved(rows, at, -1))}
        sx={{ ...SMALL, color: at === 0 ? 'text.disabled' : undefined }}
      >
        <ArrowUpward sx={{ fontSize: 16 }} />
      </IconButton>
      <IconButton
        aria-label={`Move ${name} down`}
        aria-disabled={at === rows.length - 1}
        onClick={() => onChange(moved(rows, at, 1))}
        sx={{ ...SMALL, color: at === rows.length - 1 ? 'text.disabled' : undefined }}
      >
        <ArrowDownward sx={{ fontSize: 16 }} />
      </IconButton>
    </Box>
  );
}

interface RemoveButtonProps {
  name: string;
  /** Why it must stay. */
  stays?: string;
  onRemove: () => void;
}

export function RemoveButton({ name, stays, onRemove }: RemoveButtonProps) {
  return (
    <Tooltip title={stays ?? ''} describeChild>
      <IconButton
        aria-label={`Remove ${name}`}
        aria-disabled={stays !== undefined}
        onClick={() => stays === undefined && onRemove()}
        sx={{ p: 0.5, mt: 0.25, color: stays ? 'text.disabled' : undefined }}
      >
        <DeleteOutlined sx={{ fontSize: 18 }} />
      </IconButton>
    </Tooltip>
  );
}

const SMALL = { p: 0.375 };
