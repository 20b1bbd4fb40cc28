import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

export default function WorkListPage() {
  return (
    <Page>
      <PageHeader title="WorkListPage" />
    </Page>
  );
}
