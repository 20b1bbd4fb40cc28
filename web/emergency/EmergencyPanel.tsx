import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import {
  type ReviewedAccess,
  useAllowReopening,
  useBarringAccesses,
  useReviewEmergencyAccess,
  useUnreviewedAccesses,
} from './emergency-queries.ts';

/** Emergency accesses that an administrator has to look at, and those that were ended; nothing when there are none. */
export function EmergencyPanel() {
  const unreviewed = useUnreviewedAccesses();
  const barring = useBarringAccesses();
  const review = useReviewEmergencyAccess();
  const reopening = useAllowReopening();
  const act = (id: string, end: boolean) => review.mutate({ params: { id }, body: { end } });
  return (
    <>
      <Accesses
        title="Emergency accesses to review"
        list={unreviewed.data}
        failure={review.error}
        actionsOf={({ id, user, expiresAt, endedAt }) => {
          const isRunning = endedAt === null && Date.parse(expiresAt) > Date.now();
          return (
            <>
              <Button
                color="error"
                disabled={review.isPending}
                aria-label={`${isRunning ? 'End' : 'Note as not justified'} the access of ${user.name}`}
                title="The reader then opens this patient no more until an administrator allows it again."
                onClick={() => act(id, true)}
                sx={{ mr: 0.5 }}
              >
                {isRunning ? 'End it' : 'Not justified'}
              </Button>
              <Button
                variant="outlined"
                disabled={review.isPending}
                aria-label={`Note the access of ${user.name} as reviewed`}
                onClick={() => act(id, false)}
              >
                Reviewed
              </Button>
            </>
          );
        }}
      />
      <Accesses
        title="Ended: not opened again unless you allow it"
        list={barring.data}
        failure={reopening.error}
        actionsOf={({ id, user }) => (
          <Button
            variant="outlined"
            disabled={reopening.isPending}
            aria-label={`Allow ${user.name} to open the patient again`}
            onClick={() => reopening.mutate({ params: { id } })}
          >
            Allow again
          </Button>
        )}
      />
    </>
  );
}

interface AccessesProps {
  title: string;
  list: { items: ReviewedAccess[]; total: number } | undefined;
  /** Of the last act. */
  failure: unknown;
  actionsOf: (access: ReviewedAccess) => ReactNode;
}

function Accesses({ title, list, failure, actionsOf }: AccessesProps) {
  if (!list || list.total === 0) return null;
  return (
    <Panel title={`${title} (${list.total})`}>
      {failure !== null && <ErrorNotice title="Nothing was changed." error={failure} />}
      <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
        <Table
          aria-label={title}
          sx={{ '& tbody tr:last-of-type td, & tbody tr:last-of-type th': { border: 0 } }}
        >
          <TableHead>
            <TableRow>
              <TableCell>Who</TableCell>
              <TableCell>When</TableCell>
              <TableCell>Patient of</TableCell>
              <TableCell>Reason</TableCell>
              <TableCell />
            </TableRow>
          </TableHead>
          <TableBody>
            {list.items.map((access) => (
              <AccessRow key={access.id} access={access} actions={actionsOf(access)} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Panel>
  );
}

function AccessRow({ access, actions }: { access: ReviewedAccess; actions: ReactNode }) {
  const { user, hospital, patientId, reason, createdAt } = access;
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ maxWidth: 160, fontWeight: 550 }}>
        <Truncated text={user.name} />
      </TableCell>
      <TableCell>
        <DateText value={createdAt} />
      </TableCell>
      <TableCell sx={{ maxWidth: 160 }}>
        <Link component={RouterLink} to={`/patients/${patientId}`} color="inherit">
          {hospital.name}
        </Link>
      </TableCell>
      <TableCell sx={{ overflowWrap: 'anywhere' }}>{reason}</TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {actions}
      </TableCell>
    </TableRow>
  );
}
