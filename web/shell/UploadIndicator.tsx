import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import { Link as RouterLink } from 'react-router';
import { useUploads } from '../uploads/use-uploads.ts';

/** Shows on every page that files are still travelling, and leads to where. */
export function UploadIndicator() {
  const uploads = useUploads();
  const open = uploads.filter(({ state }) => state === 'waiting' || state === 'sending');
  if (open.length === 0) return null;
  return (
    <Button
      component={RouterLink}
      to={`/patients/${open[0].target.patientId}`}
      color="inherit"
      startIcon={<CircularProgress size={14} aria-hidden />}
      sx={{ color: 'text.secondary' }}
    >
      Uploading {open.length}
    </Button>
  );
}
