import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useRouteError } from 'react-router';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

/** What shows when a page breaks, or never came, with ways back. */
export function CrashPage() {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : 'Unknown fault';
  // What browsers say when a part of the program cannot be fetched.
  const isMissingPart = /dynamically imported module|importing a module script/i.test(message);
  return (
    <Page>
      {isMissingPart ? (
        <PageHeader
          title="This page could not be loaded"
          subtitle="The connection broke, or BALscope was updated meanwhile. Reloading usually helps."
        />
      ) : (
        <PageHeader
          title="This page stopped working"
          subtitle="It is a fault of the program, not of what you did. What was saved is safe."
        />
      )}
      <Alert severity="error" variant="outlined" sx={{ mb: 2, overflowWrap: 'anywhere' }}>
        {message}
      </Alert>
      <Box sx={{ display: 'flex', gap: 1 }}>
        <Button variant="contained" onClick={() => window.location.reload()}>
          Reload this page
        </Button>
        <Button variant="outlined" href="/">
          Go to the first page
        </Button>
      </Box>
    </Page>
  );
}
