import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { messageOf } from '../api/error-message.ts';

interface ErrorNoticeProps {
  /** What a request threw: an ApiError or a failure of the network. */
  error: unknown;
  /** What could not be done, for example "The patients could not be loaded." */
  title?: string;
  onRetry?: () => void;
}

/** Says what failed and what to do, with the request's number for whoever looks into it. */
export function ErrorNotice({ error, title, onRetry }: ErrorNoticeProps) {
  const { text, requestId } = messageOf(error);
  return (
    <Alert
      severity="error"
      variant="outlined"
      sx={{ bgcolor: 'error.light', color: 'text.primary', alignItems: 'flex-start' }}
      action={
        onRetry && (
          <Button color="inherit" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {title && <Box sx={{ fontWeight: 600 }}>{title}</Box>}
      {text}
      {requestId && (
        <Typography variant="caption" component="div" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          Request {requestId}
        </Typography>
      )}
    </Alert>
  );
}
