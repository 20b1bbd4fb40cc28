import Button from '@mui/material/Button';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { DateText } from '../ui/DateText.tsx';
import { Panel } from '../ui/Panel.tsx';
import { ROLE_NAMES } from '../ui/role-names.ts';
import { Truncated } from '../ui/Truncated.tsx';
import type { AdministeredUser } from './people-queries.ts';

interface PendingRequestsProps {
  users: readonly AdministeredUser[];
  total: number;
  onApprove: (user: AdministeredUser) => void;
  onReject: (user: AdministeredUser) => void;
}

/** Who asks for an account, and as what. */
export function PendingRequests({ users, total, onApprove, onReject }: PendingRequestsProps) {
  return (
    <Panel title={`Waiting for approval (${total})`}>
      <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
        <Table
          aria-label="Requests for an account"
          sx={{ '& tbody tr:last-of-type td, & tbody tr:last-of-type th': { border: 0 } }}
        >
          <TableHead>
            <TableRow>
              <TableCell>Who asks</TableCell>
              <TableCell>Wants to be</TableCell>
              <TableCell>Of</TableCell>
              <TableCell>Since</TableCell>
              <TableCell />
            </TableRow>
          </TableHead>
          <TableBody>
            {users.map((user) => (
              <TableRow key={user.id}>
                <TableCell component="th" scope="row" sx={{ maxWidth: 260, fontWeight: 550 }}>
                  <Truncated text={user.name} />
                  <Typography variant="caption" component="div" color="textSecondary">
                    <Truncated text={user.email} />
                  </Typography>
                </TableCell>
                <TableCell>{ROLE_NAMES[user.role]}</TableCell>
                <TableCell sx={{ maxWidth: 240 }}>
                  <Truncated text={user.requested?.hospital ?? '–'} />
                  <Typography variant="caption" component="div" color="textSecondary">
                    <Truncated text={user.requested?.location ?? ''} />
                  </Typography>
                </TableCell>
                <TableCell>
                  <DateText value={user.createdAt} dayOnly />
                </TableCell>
                <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
                  <Button
                    color="inherit"
                    aria-label={`Reject ${user.name}`}
                    onClick={() => onReject(user)}
                    sx={{ mr: 0.5 }}
                  >
                    Reject
                  </Button>
                  <Button
                    variant="contained"
                    aria-label={`Approve ${user.name}`}
                    onClick={() => onApprove(user)}
                  >
                    Approve…
                  </Button>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Panel>
  );
}
