import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useBackgroundProcesses } from '../api/queries.ts';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { formatDuration } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { StatusLabel } from '../ui/StatusLabel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { Facts } from './Facts.tsx';

/** The queue's numbers, and each worker with its last sign of life. */
export function WorkersPanel() {
  const processes = useBackgroundProcesses();
  const { data } = processes;
  return (
    <Panel title="Workers and queue">
      {processes.isError && (
        <Box sx={{ px: 2, pb: 2 }}>
          <ErrorNotice error={processes.error} onRetry={() => void processes.refetch()} />
        </Box>
      )}
      {processes.isPending && <Skeleton variant="rectangular" height={220} sx={{ mx: 2, mb: 2 }} />}
      {data && (
        <>
          <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
            <Facts
              facts={[
                ['Jobs waiting', data.jobsWaiting],
                ['Oldest waiting', data.oldestWaitingS === null ? '–' : formatDuration(data.oldestWaitingS)],
                ['Jobs under way', data.jobsActive],
              ]}
            />
            <Facts
              facts={[
                ['Completed in the last hour', data.completedLastHour],
                ['Failed in the last hour', <Alarming key="failed" count={data.failedLastHour} />],
                ['Stuck', <Alarming key="stuck" count={data.stuck} />],
              ]}
            />
          </Box>
          {data.workers.length === 0 ? (
            <EmptyState title="No worker has reported">
              Images stay waiting until one runs. Start it with “npm run worker”.
            </EmptyState>
          ) : (
            <WorkersTable workers={data.workers} />
          )}
        </>
      )}
    </Panel>
  );
}

function Alarming({ count }: { count: number }) {
  return (
    <Box component="span" sx={count > 0 ? { color: 'error.main', fontWeight: 600 } : undefined}>
      {count}
    </Box>
  );
}

type Workers = NonNullable<ReturnType<typeof useBackgroundProcesses>['data']>['workers'];

function WorkersTable({ workers }: { workers: Workers }) {
  return (
    <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
      <Table aria-label="Workers" sx={{ '& tbody tr:last-of-type td': { border: 0 } }}>
        <TableHead>
          <TableRow>
            <TableCell>Worker</TableCell>
            <TableCell>State</TableCell>
            <TableCell align="right">Jobs</TableCell>
            <TableCell>Running since</TableCell>
            <TableCell>Last seen</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {workers.map(({ id, alive, activeJobs, startedAt, lastSeenAt }) => (
            <TableRow key={id}>
              <TableCell sx={{ maxWidth: 160 }}>
                <Truncated text={id} />
              </TableCell>
              <TableCell>
                {alive ? (
                  <StatusLabel text="Alive" tone="good" icon={CheckCircleOutlined} />
                ) : (
                  <StatusLabel text="Silent" tone="bad" icon={ErrorOutlineOutlined} />
                )}
              </TableCell>
              <TableCell align="right">{activeJobs}</TableCell>
              <TableCell>
                <DateText value={startedAt} />
              </TableCell>
              <TableCell>
                <DateText value={lastSeenAt} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
