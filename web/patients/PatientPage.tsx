import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

export default function PatientPage() {
  return (
    <Page>
      <PageHeader title="PatientPage" />
    </Page>
  );
}
