import Edit from '@mui/icons-material/EditOutlined';
import MoreVert from '@mui/icons-material/MoreVert';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TablePagination from '@mui/material/TablePagination';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { useUser } from '../api/services.ts';
import { DataTable } from '../ui/DataTable.tsx';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { LoadingRows } from '../ui/LoadingRows.tsx';
import { ROLE_NAMES } from '../ui/role-names.ts';
import { Truncated } from '../ui/Truncated.tsx';
import type { AdministeredUser } from './people-queries.ts';
import type { UserAct } from './UserActDialog.tsx';
import { UserStatusLabel } from './UserStatusLabel.tsx';

interface RowActions {
  onEdit: (user: AdministeredUser) => void;
  onAct: (act: UserAct, user: AdministeredUser) => void;
}

interface UsersTableProps extends RowActions {
  /** Undefined while loading. */
  list: CallResult<Api['listUsers']> | undefined;
  page: number;
  onPage: (page: number) => void;
}

const WIDE_ONLY = { display: { xs: 'none', lg: 'table-cell' } };

export function UsersTable({ list, page, onPage, ...actions }: UsersTableProps) {
  return (
    <DataTable
      label="Users"
      footer={
        list?.total === 0 ? (
          <EmptyState title="Nobody matches">Check the spelling or the chosen status.</EmptyState>
        ) : (
          list &&
          list.total > list.perPage && (
            <TablePagination
              component="div"
              count={list.total}
              page={page - 1}
              rowsPerPage={list.perPage}
              rowsPerPageOptions={[]}
              onPageChange={(_, next) => onPage(next + 1)}
            />
          )
        )
      }
    >
      <TableHead>
        <TableRow>
          <TableCell>Name</TableCell>
          <TableCell>Role</TableCell>
          <TableCell>Hospital or laboratory</TableCell>
          <TableCell>Status</TableCell>
          <TableCell sx={WIDE_ONLY}>Last seen</TableCell>
          <TableCell sx={WIDE_ONLY}>Since</TableCell>
          <TableCell />
        </TableRow>
      </TableHead>
      <TableBody>
        {list ? (
          list.items.map((user) => <UserRow key={user.id} user={user} {...actions} />)
        ) : (
          <LoadingRows columns={7} />
        )}
      </TableBody>
    </DataTable>
  );
}

function UserRow({ user, ...actions }: { user: AdministeredUser } & RowActions) {
  const isQuiet = user.status === 'disabled';
  return (
    <TableRow hover sx={isQuiet ? { '& td, & th': { color: 'text.secondary' } } : undefined}>
      <TableCell component="th" scope="row" sx={{ maxWidth: { xs: 200, lg: 260 }, fontWeight: 550 }}>
        <Truncated text={user.name} />
        <Typography variant="caption" component="div" color="textSecondary">
          <Truncated text={user.email} />
        </Typography>
      </TableCell>
      <TableCell>{ROLE_NAMES[user.role]}</TableCell>
      <TableCell sx={{ maxWidth: { xs: 150, lg: 260 } }}>
        <Truncated text={workplaceOf(user)} />
      </TableCell>
      <TableCell>
        <UserStatusLabel status={user.status} />
      </TableCell>
      <TableCell sx={WIDE_ONLY}>{user.lastSeenAt ? <DateText value={user.lastSeenAt} /> : 'Never'}</TableCell>
      <TableCell sx={WIDE_ONLY}>
        <DateText value={user.createdAt} dayOnly />
      </TableCell>
      <TableCell align="right" sx={{ py: 0.5, whiteSpace: 'nowrap' }}>
        {user.status !== 'pending' && <RowButtons user={user} {...actions} />}
      </TableCell>
    </TableRow>
  );
}

function workplaceOf({ hospital, laboratory, requested, status }: AdministeredUser): string {
  const place = hospital?.name ?? laboratory?.name;
  return place ?? (status === 'pending' && requested ? requested.hospital : '–');
}

function RowButtons({ user, onEdit, onAct }: { user: AdministeredUser } & RowActions) {
  const isSelf = useUser().id === user.id;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const act = (chosen: UserAct) => () => {
    close();
    onAct(chosen, user);
  };
  return (
    <>
      <IconButton aria-label={`Edit ${user.name}`} onClick={() => onEdit(user)}>
        <Edit />
      </IconButton>
      <IconButton
        aria-label={`More for ${user.name}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        disabled={isSelf}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        <MoreVert />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        {user.status === 'active' && <MenuItem onClick={act('reset')}>New password…</MenuItem>}
        {user.status === 'active' && user.secondFactor && (
          <MenuItem onClick={act('reset-second-factor')}>Remove authenticator…</MenuItem>
        )}
        {user.status === 'active' && <MenuItem onClick={act('disable')}>Disable…</MenuItem>}
        {user.status === 'disabled' && <MenuItem onClick={act('enable')}>Enable…</MenuItem>}
        <MenuItem onClick={act('delete')}>Erase…</MenuItem>
      </Menu>
    </>
  );
}
