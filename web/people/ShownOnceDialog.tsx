import ContentCopy from '@mui/icons-material/ContentCopy';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId, useState } from 'react';
import { Announcer } from '../ui/Announcer.tsx';

export interface ShownOnce {
  title: string;
  /** How to hand it over. */
  advice: string;
  /** What it is. */
  label: string;
  value: string;
}

/** Shows a drawn password or a link until it is closed; nobody can ask for it again. */
export function ShownOnceDialog({
  title,
  advice,
  label,
  value,
  onClose,
}: ShownOnce & { onClose: () => void }) {
  const titleId = useId();
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(value).then(() => setIsCopied(true));
  return (
    <Dialog open fullWidth maxWidth="xs" aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent>
        <Box sx={{ mb: 1.5 }}>{advice}</Box>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
          <Box
            component="output"
            aria-label={label}
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
            {value}
          </Box>
          <Button variant="outlined" startIcon={<ContentCopy />} onClick={copy}>
            {isCopied ? 'Copied' : 'Copy'}
          </Button>
        </Box>
        <Announcer message={isCopied ? `${label} was copied` : ''} />
      </DialogContent>
      <DialogActions>
        <Button variant="contained" autoFocus onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
