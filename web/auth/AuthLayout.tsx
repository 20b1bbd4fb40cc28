import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Wordmark } from '../shell/Wordmark.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

interface AuthLayoutProps {
  title: string;
  subtitle?: ReactNode;
  children: ReactNode;
}

/** Frame of the pages before the sign-in. */
export function AuthLayout({ title, subtitle, children }: AuthLayoutProps) {
  return (
    <Box
      component="main"
      sx={{
        minHeight: '100dvh',
        display: 'grid',
        justifyItems: 'center',
        alignContent: 'center',
        gap: 3,
        p: 2,
      }}
    >
      <Wordmark size={28} />
      <Paper variant="outlined" sx={{ width: '100%', maxWidth: 440, p: { xs: 3, sm: 4 } }}>
        <PageHeader title={title} subtitle={subtitle} />
        {children}
      </Paper>
      <Typography variant="caption" color="textSecondary" sx={{ maxWidth: 440, textAlign: 'center' }}>
        Bronchoalveolar lavage cytology. Not a certified medical device.
      </Typography>
    </Box>
  );
}
