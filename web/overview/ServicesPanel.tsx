import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { useReadiness } from '../api/queries.ts';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { StatusLabel } from '../ui/StatusLabel.tsx';
import { Facts } from './Facts.tsx';
import type { ProcessingStatus } from './processing-queries.ts';

/** Database, image store and queue, and whether the stored images are whole. */
export function ServicesPanel({ objects }: { objects: ProcessingStatus['objects'] | undefined }) {
  const readiness = useReadiness();
  const { data } = readiness;
  return (
    <Panel title="Services">
      {readiness.isError && (
        <Box sx={{ px: 2, pb: 2 }}>
          <ErrorNotice title="A service is down." error={readiness.error} />
        </Box>
      )}
      {readiness.isPending && <Skeleton variant="rectangular" height={84} sx={{ mx: 2, mb: 2 }} />}
      {data && (
        <Facts
          facts={[
            ['Database', <UpOrDown key="database" state={data.database} />],
            ['Image store', <UpOrDown key="objects" state={data.objects} />],
            ['Queue', <UpOrDown key="queue" state={data.queue} />],
            ['Images last verified', <DateText key="verified" value={objects?.lastVerifiedAt ?? null} />],
            ['Damaged images', <Damaged key="damaged" count={objects?.damaged ?? 0} />],
          ]}
        />
      )}
    </Panel>
  );
}

function Damaged({ count }: { count: number }) {
  return count === 0 ? '0' : <StatusLabel text={String(count)} tone="bad" icon={ErrorOutlineOutlined} />;
}

function UpOrDown({ state }: { state: 'up' | 'down' }) {
  return state === 'up' ? (
    <StatusLabel text="Up" tone="good" icon={CheckCircleOutlined} />
  ) : (
    <StatusLabel text="Down" tone="bad" icon={ErrorOutlineOutlined} />
  );
}
