import Button from '@mui/material/Button';
import { Link as RouterLink } from 'react-router';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

export function NotFoundPage() {
  return (
    <Page>
      <PageHeader
        title="This page does not exist"
        subtitle="The address may be mistyped, or what it led to was removed or is not yours to see."
      />
      <Button component={RouterLink} to="/" variant="contained">
        Go to the first page
      </Button>
    </Page>
  );
}
