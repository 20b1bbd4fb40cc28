import ContentCopy from '@mui/icons-material/ContentCopy';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId, useState } from 'react';
import { Announcer } from '../ui/Announcer.tsx';

interface OneTimePasswordDialogProps {
  name: string;
  email: string;
  oneTimePassword: string;
  onClose: () => void;
}

/** Shows a drawn password until it is closed; nobody can ask for it again. */
export function OneTimePasswordDialog({ name, email, oneTimePassword, onClose }: OneTimePasswordDialogProps) {
  const titleId = useId();
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(oneTimePassword).then(() => setIsCopied(true));
  return (
    <Dialog open fullWidth maxWidth="xs" aria-labelledby={titleId}>
      <DialogTitle id={titleId}>Password for {name}</DialogTitle>
      <DialogContent>
        <Box sx={{ mb: 1.5 }}>
          Hand it over now, in person or by telephone. It is not shown again; {email} should change it after
          signing in.
        </Box>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
          <Box
            component="output"
            aria-label="One-time password"
            sx={{
              flex: 1,
              px: 1.5,
              py: 1,
              fontFamily: 'ui-monospace, monospace',
              fontSize: 15,
              bgcolor: 'background.default',
              border: 1,
              borderColor: 'divider',
              borderRadius: 1,
              overflowWrap: 'anywhere',
              userSelect: 'all',
            }}
          >
            {oneTimePassword}
          </Box>
          <Button variant="outlined" startIcon={<ContentCopy />} onClick={copy}>
            {isCopied ? 'Copied' : 'Copy'}
          </Button>
        </Box>
        <Announcer message={isCopied ? 'The password was copied' : ''} />
      </DialogContent>
      <DialogActions>
        <Button variant="contained" autoFocus onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
