import BlockOutlined from '@mui/icons-material/BlockOutlined';
import CheckOutlined from '@mui/icons-material/CheckOutlined';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useState, useSyncExternalStore } from 'react';
import type { CellStore } from '../annotation/cell-store.ts';
import { Announcer } from '../ui/Announcer.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { ExcludeFieldDialog } from './ExcludeFieldDialog.tsx';
import { completionText } from './field-wording.ts';
import type { FieldChange, FieldState } from './sample-queries.ts';

interface FieldBarProps {
  store: CellStore;
  state: FieldState;
  excludedBecause: string | null;
  /** The laboratory leaves out cells that touch the right or bottom edge. */
  twoEdgeRule: boolean;
  /** What went wrong with the last change. */
  error: unknown;
  busy: boolean;
  onMark: (change: FieldChange) => void;
  onNext?: () => void;
  /** Given when the reading is closed: until it is taken up again nothing changes. */
  onReopenReading?: () => void;
}

/** Says what of this field counts, and lets the reader close the field. */
export function FieldBar({
  store,
  state,
  excludedBecause,
  twoEdgeRule,
  error,
  busy,
  onMark,
  onNext,
  onReopenReading,
}: FieldBarProps) {
  useSyncExternalStore(store.subscribe, store.getVersion);
  const [excluding, setExcluding] = useState(false);
  const text = completionText(state, store.counts(), excludedBecause);
  return (
    <Stack
      component="section"
      aria-label="This field"
      sx={{ bgcolor: 'background.paper', borderTop: 1, borderColor: 'divider' }}
    >
      {error !== null && <ErrorNotice title="The field was not changed." error={error} />}
      <Stack
        direction="row"
        sx={{ alignItems: 'center', flexWrap: 'wrap', columnGap: 1, px: 2, py: 0.75, minHeight: 56 }}
      >
        <Typography variant="body2" sx={{ flex: '1 1 280px' }}>
          {text}
          {twoEdgeRule && state !== 'excluded' && (
            <Typography component="span" variant="body2" color="textSecondary">
              {' '}
              Cells at the right or bottom edge are left out (two-edge rule).
            </Typography>
          )}
        </Typography>
        {onReopenReading ? (
          <>
            <Typography variant="body2" color="textSecondary">
              Your reading of this lavage is closed.
            </Typography>
            <Button variant="outlined" disabled={busy} onClick={onReopenReading}>
              Reopen reading
            </Button>
          </>
        ) : state === 'unread' ? (
          <>
            <Button startIcon={<BlockOutlined />} disabled={busy} onClick={() => setExcluding(true)}>
              Exclude field…
            </Button>
            <Button
              variant="contained"
              startIcon={<CheckOutlined />}
              disabled={busy}
              title="Ctrl+Enter"
              aria-keyshortcuts="Control+Enter"
              onClick={() => onMark({ state: 'complete' })}
            >
              Mark field complete
            </Button>
          </>
        ) : (
          <>
            <Button disabled={busy} onClick={() => onMark({ state: 'unread' })}>
              Reopen
            </Button>
            {onNext && (
              <Button variant="outlined" onClick={onNext}>
                Next field
              </Button>
            )}
          </>
        )}
      </Stack>
      <Announcer message={state === 'unread' ? '' : text} />
      <ExcludeFieldDialog
        open={excluding}
        onClose={() => setExcluding(false)}
        onExclude={(reason) => {
          setExcluding(false);
          onMark({ state: 'excluded', excludedBecause: reason });
        }}
      />
    </Stack>
  );
}
