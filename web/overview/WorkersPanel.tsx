import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Panel } from '../ui/Panel.tsx';
import { StatusLabel } from '../ui/StatusLabel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import type { ProcessingStatus } from './processing-queries.ts';

type Workers = ProcessingStatus['workers'];

/** Each worker with its last sign of life. */
export function WorkersPanel({ workers }: { workers: Workers | undefined }) {
  return (
    <Panel title="Workers">
      {workers === undefined && <Skeleton variant="rectangular" height={72} sx={{ mx: 2, mb: 2 }} />}
      {workers?.length === 0 && (
        <EmptyState title="No worker has reported">
          Images stay waiting until one runs. Start it with “npm run worker”.
        </EmptyState>
      )}
      {workers && workers.length > 0 && <WorkersTable workers={workers} />}
    </Panel>
  );
}

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
              <TableCell sx={{ maxWidth: { xs: 160, lg: 260 } }}>
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
