import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

export default function PatientsPage() {
  return (
    <Page>
      <PageHeader title="PatientsPage" />
    </Page>
  );
}
