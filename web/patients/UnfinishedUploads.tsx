import Close from '@mui/icons-material/Close';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { Truncated } from '../ui/Truncated.tsx';
import { type UnfinishedUpload, useDiscardUpload, useUnfinishedUploads } from '../uploads/unfinished.ts';

/** What broke off before the page was reloaded: the browser has forgotten the files, the server not what it got. */
export function UnfinishedUploads({ patientId }: { patientId: string }) {
  const unfinished = useUnfinishedUploads(patientId);
  if (unfinished.length === 0) return null;
  return (
    <Alert severity="info" sx={{ '.MuiAlert-message': { flex: 1, minWidth: 0 } }}>
      {unfinished.length === 1
        ? 'An upload broke off. Choose the same file again, and it goes on where it was.'
        : 'Uploads broke off. Choose the same files again, and they go on where they were.'}
      <Box component="ul" aria-label="Unfinished uploads" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {unfinished.map((upload) => (
          <UnfinishedRow key={upload.id} upload={upload} />
        ))}
      </Box>
    </Alert>
  );
}

function UnfinishedRow({ upload }: { upload: UnfinishedUpload }) {
  const discard = useDiscardUpload();
  const { id, offsetBytes, lengthBytes, metadata } = upload;
  const name = metadata.filename ?? 'unnamed';
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Truncated text={name} />
      </Box>
      {Math.floor((offsetBytes / lengthBytes) * 100)} %
      <Tooltip title="Discard what was sent">
        <IconButton
          aria-label={`Discard what was sent of ${name}`}
          disabled={discard.isPending}
          onClick={() => discard.mutate(id)}
        >
          <Close fontSize="inherit" />
        </IconButton>
      </Tooltip>
    </Box>
  );
}
