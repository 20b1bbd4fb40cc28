import Skeleton from '@mui/material/Skeleton';
import { Panel } from '../ui/Panel.tsx';
import { Facts } from './Facts.tsx';
import type { ProcessingStatus } from './processing-queries.ts';

/** How many images there are of each status. */
export function SamplesPanel({ status }: { status: ProcessingStatus | undefined }) {
  return (
    <Panel title="Images">
      {status ? (
        <Facts
          facts={[
            ['Waiting', counted(status.samples.pending, status)],
            ['Processing', counted(status.samples.processing, status)],
            ['Completed', counted(status.samples.completed, status)],
            ['Failed', counted(status.samples.failed, status)],
          ]}
        />
      ) : (
        <Skeleton variant="rectangular" height={104} sx={{ mx: 2, mb: 2 }} />
      )}
    </Panel>
  );
}

/** "10,000+" where counting ended. */
function counted(count: number, { countedUpTo }: ProcessingStatus): string {
  return `${count.toLocaleString('en')}${count >= countedUpTo ? '+' : ''}`;
}
