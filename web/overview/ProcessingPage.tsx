import Box from '@mui/material/Box';
import { useOverview } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { formatDuration } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { DeadLetters } from './DeadLetters.tsx';
import { Figures } from './Figures.tsx';
import { LastErrors } from './LastErrors.tsx';
import { ProcessingHeader } from './ProcessingHeader.tsx';
import { type ProcessingStatus, useProcessingStatus } from './processing-queries.ts';
import { SamplesPanel } from './SamplesPanel.tsx';
import { ServicesPanel } from './ServicesPanel.tsx';
import { ThroughputPanel } from './ThroughputPanel.tsx';
import { UsagePanel } from './UsagePanel.tsx';
import { WorkersPanel } from './WorkersPanel.tsx';

/** The administrator's first page: whether everything runs, and what needs a hand. */
export default function ProcessingPage() {
  const { role } = useUser();
  return role === 'ADMIN' ? <ProcessingState /> : <NotFoundPage />;
}

function ProcessingState() {
  const status = useProcessingStatus();
  const { data } = status;
  return (
    <Page>
      <ProcessingHeader />
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        {status.isError && (
          <ErrorNotice
            title="The state of processing could not be loaded."
            error={status.error}
            onRetry={() => void status.refetch()}
          />
        )}
        <Figures label="Queue" figures={queueFigures(data)} />
        <Box
          sx={{
            display: 'grid',
            gap: 2,
            gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(280px, 1fr)' },
            alignItems: 'start',
          }}
        >
          <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
            <ThroughputPanel throughput={data?.throughput} />
            <WorkersPanel workers={data?.workers} />
            <LastErrors errors={data?.lastErrors} failed={data?.samples.failed ?? 0} />
            {!!data?.queue.deadLetters && <DeadLetters total={data.queue.deadLetters} />}
          </Box>
          <SideColumn status={data} />
        </Box>
      </Box>
    </Page>
  );
}

function SideColumn({ status }: { status: ProcessingStatus | undefined }) {
  const overview = useOverview();
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', md: 'minmax(0, 1fr)' },
        alignItems: 'start',
      }}
    >
      <SamplesPanel status={status} />
      <ServicesPanel objects={status?.objects} />
      {overview.isError ? (
        <ErrorNotice error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <UsagePanel overview={overview.data} />
      )}
    </Box>
  );
}

/** An hour in the queue is long. */
const LONG_WAIT_S = 3600;

function queueFigures(status: ProcessingStatus | undefined) {
  const queue = status?.queue;
  const alive = status?.workers.filter((worker) => worker.alive).length;
  const waitedS = queue?.oldestWaitingS;
  return [
    {
      name: 'Waiting',
      value: queue?.waiting,
      isBad: queue !== undefined && queue.waiting > queue.mostWaiting,
    },
    { name: 'In flight', value: queue?.inFlight },
    {
      name: 'Oldest waiting',
      value: queue && (typeof waitedS === 'number' ? formatDuration(waitedS) : '–'),
      isBad: (waitedS ?? 0) > LONG_WAIT_S,
    },
    { name: 'Workers', value: alive, isBad: alive === 0 },
    { name: 'Stuck', value: status?.stuck, isBad: (status?.stuck ?? 0) > 0 },
    {
      name: 'Dead letters',
      value: queue && (queue.deadLetters ?? '–'),
      isBad: (queue?.deadLetters ?? 0) > 0,
    },
  ];
}
