import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useUser } from '../api/services.ts';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Panel } from '../ui/Panel.tsx';
import { ROLE_NAMES } from '../ui/role-names.ts';
import { ChangePasswordDialog } from './ChangePasswordDialog.tsx';
import { ProfilePanel } from './ProfilePanel.tsx';
import { SecondFactorPanel } from './SecondFactorPanel.tsx';
import { SessionsPanel } from './SessionsPanel.tsx';

/** The own name, password, authenticator and sessions. */
export default function AccountPage() {
  const user = useUser();
  const place = user.hospital?.name ?? user.laboratory?.name;
  return (
    <Page maxWidth={880}>
      <PageHeader
        title="Your account"
        subtitle={[ROLE_NAMES[user.role], place].filter(Boolean).join(' · ')}
      />
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 3 }}>
        <ProfilePanel user={user} />
        <PasswordPanel />
        <SecondFactorPanel user={user} />
        <SessionsPanel />
      </Box>
    </Page>
  );
}

function PasswordPanel() {
  const [isChanging, setIsChanging] = useState(false);
  return (
    <Panel
      title="Password"
      actions={
        <Button variant="outlined" onClick={() => setIsChanging(true)}>
          Change password
        </Button>
      }
    >
      <Typography variant="body2" color="textSecondary" sx={{ px: 2, pb: 2 }}>
        Another password signs you out everywhere else.
      </Typography>
      {isChanging && <ChangePasswordDialog onClose={() => setIsChanging(false)} />}
    </Panel>
  );
}
