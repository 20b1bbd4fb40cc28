import Add from '@mui/icons-material/Add';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useHospitals } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { HospitalsPanel } from './HospitalsPanel.tsx';
import { PendingRequests } from './PendingRequests.tsx';
import { type AdministeredUser, usePendingUsers, useUsers } from './people-queries.ts';
import { type ShownOnce, ShownOnceDialog } from './ShownOnceDialog.tsx';
import { type UserAct, UserActDialog } from './UserActDialog.tsx';
import { ApproveDialog, EditUserDialog, NewUserDialog } from './UserDialog.tsx';
import { USER_STATUSES } from './UserStatusLabel.tsx';
import { UsersTable } from './UsersTable.tsx';

/** Who may use the system, as what and where. */
export default function PeoplePage() {
  const { role } = useUser();
  return role === 'ADMIN' ? <People /> : <NotFoundPage />;
}

type OpenDialog =
  | { kind: 'new' }
  | { kind: 'edit' | 'approve'; user: AdministeredUser }
  | { kind: 'act'; act: UserAct; user: AdministeredUser }
  | { kind: 'shown-once'; shown: ShownOnce };

function People() {
  const pending = usePendingUsers();
  const [dialog, setDialog] = useState<OpenDialog>();
  const act = (chosen: UserAct, user: AdministeredUser) => setDialog({ kind: 'act', act: chosen, user });
  return (
    <Page>
      <PageHeader
        title="People"
        subtitle="Who may sign in, as what, and for which hospital"
        actions={
          <Button variant="contained" startIcon={<Add />} onClick={() => setDialog({ kind: 'new' })}>
            New user
          </Button>
        }
      />
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 3 }}>
        {pending.isError && (
          <ErrorNotice
            title="The requests for accounts could not be loaded."
            error={pending.error}
            onRetry={() => void pending.refetch()}
          />
        )}
        {pending.data && pending.data.total > 0 && (
          <PendingRequests
            users={pending.data.items}
            total={pending.data.total}
            onApprove={(user) => setDialog({ kind: 'approve', user })}
            onReject={(user) => act('reject', user)}
          />
        )}
        <Users onEdit={(user) => setDialog({ kind: 'edit', user })} onAct={act} />
        <HospitalsPanel />
      </Box>
      {dialog && <Dialogs dialog={dialog} onDialog={setDialog} />}
    </Page>
  );
}

const STATUSES = [{ value: '', label: 'All' } as const, ...USER_STATUSES];

interface UsersProps {
  onEdit: (user: AdministeredUser) => void;
  onAct: (act: UserAct, user: AdministeredUser) => void;
}

function Users(actions: UsersProps) {
  const [text, setText] = useState('');
  const [status, setStatus] = useState<(typeof STATUSES)[number]['value']>('');
  const [page, setPage] = useState(1);
  const q = useDebounced(text.trim()) || undefined;
  const users = useUsers({ q, status: status || undefined, page, perPage: 25 });
  return (
    <Box component="section" aria-label="Users">
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, rowGap: 1, mb: 1.5 }}>
        <SearchField
          label="Find by name or email"
          value={text}
          onChange={(next) => {
            setText(next);
            setPage(1);
          }}
        />
        <SelectField
          label="Status"
          options={STATUSES}
          value={status}
          onChange={({ target }) => {
            setStatus(STATUSES.find(({ value }) => value === target.value)?.value ?? '');
            setPage(1);
          }}
          fullWidth={false}
          sx={{ width: 150, '& .MuiInputBase-root': { height: 32 } }}
        />
      </Box>
      {users.isError && !users.data ? (
        <ErrorNotice
          title="The users could not be loaded."
          error={users.error}
          onRetry={() => void users.refetch()}
        />
      ) : (
        <UsersTable list={users.data} page={page} onPage={setPage} {...actions} />
      )}
    </Box>
  );
}

interface DialogsProps {
  dialog: OpenDialog;
  onDialog: (dialog: OpenDialog | undefined) => void;
}

function Dialogs({ dialog, onDialog }: DialogsProps) {
  const hospitals = useHospitals();
  const onClose = () => onDialog(undefined);
  const show = (shown: ShownOnce) => onDialog({ kind: 'shown-once', shown });
  const showPassword = ({ name, email }: AdministeredUser, oneTimePassword: string) =>
    show({
      title: `Password for ${name}`,
      advice: `Hand it over now, in person or by telephone. It is not shown again; ${email} chooses another one at the first sign-in.`,
      label: 'One-time password',
      value: oneTimePassword,
    });
  const showLink = ({ name, email }: AdministeredUser, link: string) =>
    show({
      title: `Link for ${name}`,
      advice: `Send it to them by a way that only they read. It works once, within 24 hours, and is not shown again; with it ${email} chooses another password.`,
      label: 'One-time link',
      value: link,
    });
  if (dialog.kind === 'shown-once') return <ShownOnceDialog {...dialog.shown} onClose={onClose} />;
  if (dialog.kind === 'act') return <UserActDialog {...dialog} onClose={onClose} onLink={showLink} />;
  if (!hospitals.data) return null;
  const choices = { hospitals: hospitals.data, onClose };
  switch (dialog.kind) {
    case 'new':
      return <NewUserDialog {...choices} onCreated={showPassword} />;
    case 'edit':
      return <EditUserDialog {...choices} user={dialog.user} />;
    case 'approve':
      return <ApproveDialog {...choices} user={dialog.user} />;
  }
}
