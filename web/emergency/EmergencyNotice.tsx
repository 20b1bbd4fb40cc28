import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { Link as RouterLink } from 'react-router';
import { countOf } from '../ui/format.ts';
import { useUnreviewedAccesses } from './emergency-queries.ts';

/** Tells an administrator, on every page, of emergency accesses that nobody has looked at. */
export function EmergencyNotice() {
  const { data } = useUnreviewedAccesses();
  if (!data || data.total === 0) return null;
  return (
    <Alert
      severity="warning"
      square
      sx={{ bgcolor: 'warning.light' }}
      action={
        <Button component={RouterLink} to="/admin/activity" color="inherit">
          Review
        </Button>
      }
    >
      {countOf(data.total, 'emergency access', 'emergency accesses')} to another hospital's patients{' '}
      {data.total === 1 ? 'waits' : 'wait'} for a review.
    </Alert>
  );
}
