import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { type FormEventHandler, type ReactNode, useId } from 'react';
import { ErrorNotice } from './ErrorNotice.tsx';

interface FormDialogProps {
  title: string;
  submitLabel: string;
  /** Something is gone for good afterwards. */
  isDestructive?: boolean;
  isSaving: boolean;
  /** What could not be said beside a single field. */
  failure: unknown;
  onSubmit: FormEventHandler;
  onClose: () => void;
  children: ReactNode;
}

/** A form in a dialog. Escape and Cancel close it; a click beside it does not, so that nothing typed is lost. */
export function FormDialog(props: FormDialogProps) {
  const { title, submitLabel, isDestructive, isSaving, failure, onSubmit, onClose, children } = props;
  const titleId = useId();
  return (
    <Dialog
      open
      fullWidth
      maxWidth="sm"
      aria-labelledby={titleId}
      onClose={(_, reason) => reason === 'escapeKeyDown' && onClose()}
    >
      <Box component="form" noValidate onSubmit={onSubmit} sx={{ display: 'contents' }}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' }, gap: 2, pt: 1 }}>
            {failure !== undefined && (
              <Box sx={{ gridColumn: '1 / -1' }}>
                <ErrorNotice error={failure} />
              </Box>
            )}
            {children}
          </Box>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose} color="inherit">
            Cancel
          </Button>
          <Button
            type="submit"
            variant="contained"
            color={isDestructive ? 'error' : 'primary'}
            loading={isSaving}
          >
            {submitLabel}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}
