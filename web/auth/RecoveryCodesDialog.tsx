import ContentCopy from '@mui/icons-material/ContentCopy';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';
import { Announcer } from '../ui/Announcer.tsx';

/** Shows the recovery codes until it is closed; nobody can ask for them again. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const titleId = useId();
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(codes.join('\n')).then(() => setIsCopied(true));
  return (
    <Dialog open fullWidth maxWidth="sm" aria-labelledby={titleId}>
      <DialogTitle id={titleId}>Keep these recovery codes</DialogTitle>
      <DialogContent>
        <Typography sx={{ mb: 1.5 }}>
          Each lets you in once in place of a code, should the telephone be lost. They are not shown again:
          print them or keep them where you keep passwords.
        </Typography>
        <Box
          component="ul"
          aria-label="Recovery codes"
          sx={{
            m: 0,
            p: 1.5,
            display: 'grid',
            gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' },
            gap: 0.5,
            listStyle: 'none',
            fontFamily: 'ui-monospace, monospace',
            fontSize: 13,
            bgcolor: 'background.default',
            border: 1,
            borderColor: 'divider',
            borderRadius: 1,
          }}
        >
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </Box>
        <Announcer message={isCopied ? 'The recovery codes were copied' : ''} />
      </DialogContent>
      <DialogActions>
        <Button startIcon={<ContentCopy />} onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
        <Button variant="contained" onClick={onClose}>
          I have kept them
        </Button>
      </DialogActions>
    </Dialog>
  );
}
