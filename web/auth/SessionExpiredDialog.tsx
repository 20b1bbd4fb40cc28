import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useSessionState } from '../api/services.ts';
import { SignInForm } from './SignInForm.tsx';

/** Lets the same person sign in again on top of their work, which stays as it is. */
export function SessionExpiredDialog() {
  const state = useSessionState();
  if (state.phase !== 'expired') return null;
  return (
    <Dialog open maxWidth="xs" fullWidth aria-labelledby="session-expired">
      <DialogTitle id="session-expired">Your session has ended</DialogTitle>
      <DialogContent>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 2 }}>
          Sign in again to go on where you were. Nothing on this page is lost.
        </Typography>
        <SignInForm fixedEmail={state.user.email} />
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={() => window.location.assign('/sign-in')}>
          Leave and sign in as somebody else
        </Button>
      </DialogActions>
    </Dialog>
  );
}
