import Box from '@mui/material/Box';
import { useOverview } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { FailedImages } from './FailedImages.tsx';
import { Figures } from './Figures.tsx';
import { ServicesPanel } from './ServicesPanel.tsx';
import { UsagePanel } from './UsagePanel.tsx';
import { WorkersPanel } from './WorkersPanel.tsx';

/** The administrator's first page: whether everything runs, and what needs a hand. */
export default function SystemPage() {
  const { role } = useUser();
  return role === 'ADMIN' ? <SystemState /> : <NotFoundPage />;
}

function SystemState() {
  const overview = useOverview();
  const { data } = overview;
  return (
    <Page>
      <PageHeader title="System" subtitle="Samples, workers and services, as they are now" />
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        {overview.isError && (
          <ErrorNotice
            title="The state of the system could not be loaded."
            error={overview.error}
            onRetry={() => void overview.refetch()}
          />
        )}
        <Figures
          label="Samples by status"
          figures={[
            { name: 'Waiting', value: data?.samples.pending },
            { name: 'Processing', value: data?.samples.processing },
            { name: 'Completed', value: data?.samples.completed },
            { name: 'Failed', value: data?.samples.failed, isBad: (data?.samples.failed ?? 0) > 0 },
          ]}
        />
        <Box
          sx={{
            display: 'grid',
            gap: 2,
            gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(280px, 1fr)' },
            alignItems: 'start',
          }}
        >
          <WorkersPanel />
          <Box sx={{ display: 'grid', gap: 2 }}>
            <ServicesPanel />
            <UsagePanel overview={data} />
          </Box>
        </Box>
        {data && data.samples.failed > 0 && <FailedImages />}
      </Box>
    </Page>
  );
}
