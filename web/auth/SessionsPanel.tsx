import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useQuery } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { useChange } from '../api/mutations.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { clientNameOf } from './client-name.ts';

type Session = CallResult<Api['listSessions']>['items'][number];

/** Where somebody is signed in, and a way to end it there. */
export function SessionsPanel() {
  const { call } = useServices();
  const sessions = useQuery({
    queryKey: queryKeys.ownSessions,
    queryFn: ({ signal }) => call('listSessions', { signal }),
  });
  const endOthers = useChange('endOtherSessions', () => [queryKeys.ownSessions]);
  const end = useChange('endSession', () => [queryKeys.ownSessions]);
  const failure = sessions.error ?? endOthers.error ?? end.error;
  const items = sessions.data?.items;
  return (
    <Panel
      title="Sessions"
      actions={
        items &&
        items.length > 1 && (
          <Button variant="outlined" loading={endOthers.isPending} onClick={() => endOthers.mutate({})}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      {failure && (
        <Box sx={{ px: 2, pb: 2 }}>
          <ErrorNotice error={failure} onRetry={() => void sessions.refetch()} />
        </Box>
      )}
      {sessions.isPending && <Skeleton variant="rectangular" height={96} sx={{ mx: 2, mb: 2 }} />}
      {items && <SessionsTable sessions={items} onEnd={({ id }) => end.mutate({ params: { id } })} />}
    </Panel>
  );
}

interface SessionsTableProps {
  sessions: readonly Session[];
  onEnd: (session: Session) => void;
}

function SessionsTable({ sessions, onEnd }: SessionsTableProps) {
  return (
    <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
      <Table
        aria-label="Sessions"
        sx={{ '& tbody tr:last-of-type td, & tbody tr:last-of-type th': { border: 0 } }}
      >
        <TableHead>
          <TableRow>
            <TableCell>Where</TableCell>
            <TableCell>Address</TableCell>
            <TableCell>Since</TableCell>
            <TableCell>Last seen</TableCell>
            <TableCell />
          </TableRow>
        </TableHead>
        <TableBody>
          {sessions.map((session) => (
            <TableRow key={session.id} hover>
              <TableCell component="th" scope="row" sx={{ maxWidth: 240, fontWeight: 550 }}>
                <Truncated text={clientNameOf(session.userAgent)} />
              </TableCell>
              <TableCell>{session.address ?? '–'}</TableCell>
              <TableCell>
                <DateText value={session.createdAt} />
              </TableCell>
              <TableCell>
                <DateText value={session.lastSeenAt} />
              </TableCell>
              <TableCell align="right" sx={{ py: 0.5 }}>
                {session.current ? (
                  <Chip size="small" label="This one" />
                ) : (
                  <Button size="small" onClick={() => onEnd(session)}>
                    Sign out
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
