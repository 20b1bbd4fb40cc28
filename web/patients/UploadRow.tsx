import Close from '@mui/icons-material/Close';
import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Link from '@mui/material/Link';
import Tooltip from '@mui/material/Tooltip';
import type { ReactElement } from 'react';
import { Link as RouterLink } from 'react-router';
import { formatBytes } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { Truncated } from '../ui/Truncated.tsx';
import type { Upload } from '../uploads/upload-queue.ts';
import { useUploadQueue } from '../uploads/use-uploads.ts';

/** One file on its way. */
export function UploadRow({ upload }: { upload: Upload }) {
  const locale = useLocale();
  const { fileName, sizeBytes, state, progress } = upload;
  const isBad = state === 'refused' || state === 'failed';
  return (
    <Box component="li" sx={{ py: 0.75, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Truncated text={fileName} />
        </Box>
        <Box component="span" sx={{ fontSize: 12, color: 'text.secondary', whiteSpace: 'nowrap' }}>
          {formatBytes(sizeBytes, locale)}
        </Box>
        <UploadActions upload={upload} />
      </Box>
      {state === 'sending' && (
        <LinearProgress
          aria-label={`Uploading ${fileName}`}
          variant={progress < 1 ? 'determinate' : 'indeterminate'}
          value={Math.round(progress * 100)}
          sx={{ height: 4, borderRadius: 2, my: 0.5 }}
        />
      )}
      <Box
        sx={{
          fontSize: 12,
          lineHeight: '16px',
          color: isBad ? 'error.main' : state === 'stored' ? 'success.main' : 'text.secondary',
          overflowWrap: 'anywhere',
        }}
      >
        <UploadText upload={upload} />
      </Box>
    </Box>
  );
}

function UploadText({ upload }: { upload: Upload }): ReactElement {
  const { state, progress, isInterrupted, reason, jobId } = upload;
  switch (state) {
    case 'waiting':
      return <>Waiting</>;
    case 'sending':
      if (isInterrupted) return <>The connection is lost. It goes on by itself once it is back.</>;
      return <>{progress < 1 ? `${Math.floor(progress * 100)} %` : 'Sent, the server checks the image'}</>;
    case 'stored':
      return <>Uploaded</>;
    case 'duplicate':
      return (
        <>
          Already there for this patient.{' '}
          <Link component={RouterLink} to={`/samples/${jobId}`}>
            Show it
          </Link>
        </>
      );
    case 'cancelled':
      return <>Cancelled</>;
    case 'refused':
    case 'failed':
      return <>{reason}</>;
  }
}

function UploadActions({ upload }: { upload: Upload }) {
  const queue = useUploadQueue();
  const { id, fileName, state } = upload;
  const isOpen = state === 'waiting' || state === 'sending';
  return (
    <Box sx={{ display: 'flex', minHeight: 28 }}>
      {(state === 'failed' || state === 'cancelled') && (
        <Tooltip title="Upload again">
          <IconButton aria-label={`Upload ${fileName} again`} onClick={() => queue.retry(id)}>
            <Refresh fontSize="inherit" />
          </IconButton>
        </Tooltip>
      )}
      <Tooltip title={isOpen ? 'Cancel' : 'Remove from this list'}>
        <IconButton
          aria-label={isOpen ? `Cancel ${fileName}` : `Remove ${fileName} from this list`}
          onClick={() => (isOpen ? queue.cancel(id) : queue.dismiss(id))}
        >
          <Close fontSize="inherit" />
        </IconButton>
      </Tooltip>
    </Box>
  );
}
