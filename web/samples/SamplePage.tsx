import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { sampleQuery, useFallbackPoll, useLaboratorySettings } from '../api/queries.ts';
import { useServices } from '../api/services.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { SamplePageSkeleton } from './SamplePageSkeleton.tsx';
import { SampleWorkspace } from './SampleWorkspace.tsx';

/** One image of a lavage: read its cells, watch the differential, say the diagnosis. */
export default function SamplePage() {
  const { jobId = '' } = useParams();
  const { call } = useServices();
  // The image before stays until the next one is there, and with it what is typed beside it.
  const sample = useQuery({
    ...sampleQuery(call, jobId),
    placeholderData: keepPreviousData,
    refetchInterval: useFallbackPoll(),
  });
  const settings = useLaboratorySettings(sample.data?.lavageId);
  const failed = [sample, settings].find((query) => query.isError && !query.data);
  if (failed) {
    return (
      <Page>
        <ErrorNotice
          title="This image could not be opened."
          error={failed.error}
          onRetry={() => void failed.refetch()}
        />
      </Page>
    );
  }
  if (!sample.data || !settings.data) return <SamplePageSkeleton />;
  return (
    <SampleWorkspace
      sample={sample.data}
      loadedAt={sample.dataUpdatedAt}
      settings={settings.data}
      reload={() => void sample.refetch()}
    />
  );
}
