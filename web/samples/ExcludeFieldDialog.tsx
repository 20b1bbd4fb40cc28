import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type FormEvent, useState } from 'react';

const COMMON_REASONS = [
  'Out of focus',
  'Badly stained',
  'Cells overlap or are crushed',
  'Mostly blood',
  'Same cells as another field',
];

interface ExcludeFieldDialogProps {
  open: boolean;
  onClose: () => void;
  onExclude: (reason: string) => void;
}

export function ExcludeFieldDialog({ open, onClose, onExclude }: ExcludeFieldDialogProps) {
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim()) onExclude(reason.trim());
  };
  return (
    <Dialog open={open} onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="exclude-title">
      <form onSubmit={submit}>
        <DialogTitle id="exclude-title">Exclude this field from the count</DialogTitle>
        <DialogContent>
          <Typography variant="body2" color="textSecondary" sx={{ mb: 2 }}>
            None of its cells will count. Your annotations are kept, and you can reopen the field.
          </Typography>
          <TextField
            autoFocus
            required
            label="Reason"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 2000 } }}
          />
          <Stack direction="row" sx={{ flexWrap: 'wrap', gap: 1, mt: 1 }}>
            {COMMON_REASONS.map((common) => (
              <Button key={common} variant="outlined" onClick={() => setReason(common)}>
                {common}
              </Button>
            ))}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" disabled={reason.trim() === ''}>
            Exclude field
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
