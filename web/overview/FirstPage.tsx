import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

export default function FirstPage() {
  return (
    <Page>
      <PageHeader title="FirstPage" />
    </Page>
  );
}
