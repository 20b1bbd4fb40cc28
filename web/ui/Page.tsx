import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

/** Margins and greatest width of an ordinary page. */
export function Page({ children, maxWidth = 1280 }: { children: ReactNode; maxWidth?: number }) {
  return (
    <Box sx={{ width: '100%', maxWidth, mx: 'auto', px: { xs: 2, sm: 3 }, pt: 3, pb: 6 }}>{children}</Box>
  );
}
