import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

export default function SystemPage() {
  return (
    <Page>
      <PageHeader title="SystemPage" />
    </Page>
  );
}
