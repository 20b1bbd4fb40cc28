import CloudDoneOutlined from '@mui/icons-material/CloudDoneOutlined';
import CloudOffOutlined from '@mui/icons-material/CloudOffOutlined';
import CloudSyncOutlined from '@mui/icons-material/CloudSyncOutlined';
import CloudUploadOutlined from '@mui/icons-material/CloudUploadOutlined';
import SyncProblemOutlined from '@mui/icons-material/SyncProblemOutlined';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useSyncExternalStore } from 'react';
import type { Autosave, SaveState } from '../annotation/autosave.ts';
import { Announcer } from '../ui/Announcer.tsx';

const LOOKS = {
  saved: { Icon: CloudDoneOutlined, color: 'text.secondary' },
  unsaved: { Icon: CloudUploadOutlined, color: 'text.secondary' },
  saving: { Icon: CloudSyncOutlined, color: 'text.secondary' },
  offline: { Icon: CloudOffOutlined, color: 'warning.main' },
  conflict: { Icon: SyncProblemOutlined, color: 'warning.main' },
  refused: { Icon: SyncProblemOutlined, color: 'error.main' },
} as const satisfies Record<SaveState['kind'], object>;

/** Whether the reader's edits have reached the server, in words. */
export function SaveStateLine({ autosave }: { autosave: Autosave }) {
  const state = useSyncExternalStore(autosave.subscribe, autosave.getState);
  const { Icon, color } = LOOKS[state.kind];
  const canRetry = state.kind === 'offline' || state.kind === 'refused';
  return (
    <Stack direction="row" spacing={0.75} sx={{ alignItems: 'center', color, minWidth: 0 }}>
      <Icon aria-hidden />
      <Typography variant="body2" noWrap title={wordsFor(state)} data-testid="save-state">
        {wordsFor(state)}
      </Typography>
      {canRetry && (
        <Button variant="outlined" onClick={() => void autosave.flush()}>
          Save now
        </Button>
      )}
      <Announcer message={isTrouble(state) ? wordsFor(state) : ''} />
    </Stack>
  );
}

function wordsFor(state: SaveState): string {
  switch (state.kind) {
    case 'saved':
      return 'All changes saved';
    case 'unsaved':
      return 'Not saved yet';
    case 'saving':
      return 'Saving…';
    case 'offline':
      return 'Not saved: the server is out of reach. Trying again by itself.';
    case 'conflict':
      return 'Not saved: changed elsewhere';
    case 'refused':
      return `Not saved: ${state.reason}`;
  }
}

/** Said aloud: each save of its own would drown out the cells. */
const isTrouble = ({ kind }: SaveState) => kind === 'offline' || kind === 'conflict' || kind === 'refused';
