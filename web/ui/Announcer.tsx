import Box from '@mui/material/Box';
import { visuallyHidden } from './visually-hidden.ts';

/** Tells screen readers what changed on its own. */
export function Announcer({ message }: { message: string }) {
  return (
    <Box role="status" aria-live="polite" sx={visuallyHidden}>
      {message}
    </Box>
  );
}
