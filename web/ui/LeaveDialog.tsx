import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { useId } from 'react';

interface LeaveDialogProps {
  open: boolean;
  /** What would be lost. */
  children: string;
  onLeave: () => void;
  onStay: () => void;
}

/** Asks before something typed is lost. */
export function LeaveDialog({ open, children, onLeave, onStay }: LeaveDialogProps) {
  const titleId = useId();
  return (
    <Dialog open={open} onClose={onStay} maxWidth="xs" aria-labelledby={titleId}>
      <DialogTitle id={titleId}>Leave without saving?</DialogTitle>
      <DialogContent>
        <DialogContentText>{children}</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={onLeave}>Leave</Button>
        <Button variant="contained" onClick={onStay}>
          Stay here
        </Button>
      </DialogActions>
    </Dialog>
  );
}
