import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { CellType } from '../../core/cell-types.ts';
import { keyboardHelp } from '../annotation/keyboard.ts';
import { KeyCap } from './CellPalette.tsx';

interface KeyboardHelpProps {
  open: boolean;
  onClose: () => void;
  cellTypes: readonly CellType[];
  /** Keys of the page beyond those of the image. */
  pageKeys: readonly { keys: string[]; label: string }[];
}

export function KeyboardHelp({ open, onClose, cellTypes, pageKeys }: KeyboardHelpProps) {
  return (
    <Dialog open={open} onClose={onClose} maxWidth="md" aria-labelledby="keys-title">
      <DialogTitle id="keys-title">Keys on this page</DialogTitle>
      <DialogContent>
        <Box component="dl" sx={{ columns: { xs: 1, sm: 2 }, columnGap: 4, m: 0 }}>
          {[...keyboardHelp(cellTypes), ...pageKeys].map(({ keys, label }) => (
            <Stack
              key={`${label} ${keys.join()}`}
              direction="row"
              spacing={2}
              sx={{ breakInside: 'avoid', py: 0.5, alignItems: 'baseline' }}
            >
              <Stack
                component="dt"
                direction="row"
                spacing={0.5}
                sx={{ width: 132, flexShrink: 0, flexWrap: 'wrap' }}
              >
                {keys.map((key) => (
                  <KeyCap key={key} label={key} />
                ))}
              </Stack>
              <Typography component="dd" variant="body2" sx={{ m: 0 }}>
                {label}
              </Typography>
            </Stack>
          ))}
        </Box>
        <Typography variant="body2" color="textSecondary" sx={{ mt: 2 }}>
          Tab and the arrows go from cell to cell while the image has the focus; Escape gives the focus back
          to the page.
        </Typography>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}
