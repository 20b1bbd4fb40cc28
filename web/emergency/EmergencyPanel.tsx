import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { Link as RouterLink } from 'react-router';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { type ReviewedAccess, useReviewEmergencyAccess, useUnreviewedAccesses } from './emergency-queries.ts';

/** Emergency accesses that an administrator has to look at; nothing when there are none. */
export function EmergencyPanel() {
  const { data } = useUnreviewedAccesses();
  const review = useReviewEmergencyAccess();
  if (!data || data.total === 0) return null;
  const act = (id: string, end: boolean) => review.mutate({ params: { id }, body: { end } });
  return (
    <Panel title={`Emergency accesses to review (${data.total})`}>
      {review.isError && <ErrorNotice title="It could not be reviewed." error={review.error} />}
      <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
        <Table
          aria-label="Emergency accesses"
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
            {data.items.map((access) => (
              <AccessRow key={access.id} access={access} isBusy={review.isPending} onAct={act} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Panel>
  );
}

interface AccessRowProps {
  access: ReviewedAccess;
  isBusy: boolean;
  onAct: (id: string, end: boolean) => void;
}

function AccessRow({ access, isBusy, onAct }: AccessRowProps) {
  const { id, user, hospital, patientId, reason, createdAt, expiresAt } = access;
  const isRunning = Date.parse(expiresAt) > Date.now();
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
        {isRunning && (
          <Button
            color="error"
            disabled={isBusy}
            aria-label={`End the access of ${user.name}`}
            onClick={() => onAct(id, true)}
            sx={{ mr: 0.5 }}
          >
            End it
          </Button>
        )}
        <Button
          variant="outlined"
          disabled={isBusy}
          aria-label={`Note the access of ${user.name} as reviewed`}
          onClick={() => onAct(id, false)}
        >
          Reviewed
        </Button>
      </TableCell>
    </TableRow>
  );
}
