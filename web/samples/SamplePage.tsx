import { useParams } from 'react-router';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';

export default function SamplePage() {
  const { jobId } = useParams();
  return (
    <Page>
      <PageHeader title="Sample" subtitle={jobId} />
    </Page>
  );
}
