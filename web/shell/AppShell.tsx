import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { Suspense, useState } from 'react';
import { Outlet } from 'react-router';
import { useLaboratorySettings } from '../api/queries.ts';
import type { User } from '../api/session.ts';
import { EmergencyNotice } from '../emergency/EmergencyNotice.tsx';
import { LocaleContext } from '../ui/locale.ts';
import { RememberedContext } from '../ui/remembered.ts';
import { visuallyHidden } from '../ui/visually-hidden.ts';
import { useUploads } from '../uploads/use-uploads.ts';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { TopBar } from './TopBar.tsx';
import { useFocusOnNavigation } from './use-focus-on-navigation.ts';
import { useLeaveWarning } from './use-leave-warning.ts';

/** Top bar, connection notice and the page below. */
export function AppShell({ user }: { user: User }) {
  const settings = useLaboratorySettings();
  const [memory] = useState(() => new Map<string, string>());
  useFocusOnNavigation();
  useLeaveWarning(useUploads().some(({ state }) => state === 'waiting' || state === 'sending'));
  return (
    <LocaleContext value={settings.data?.locale ?? 'en-GB'}>
      <Link
        href="#page"
        sx={{
          ...visuallyHidden,
          '&:focus': {
            clipPath: 'none',
            width: 'auto',
            height: 'auto',
            margin: 0,
            position: 'fixed',
            top: 8,
            left: 8,
            zIndex: 'tooltip',
            p: 1,
            bgcolor: 'background.paper',
          },
        }}
      >
        Skip to the page
      </Link>
      <Box sx={{ minHeight: '100dvh', display: 'flex', flexDirection: 'column' }}>
        <TopBar user={user} />
        <ConnectionNotice />
        {user.role === 'ADMIN' && <EmergencyNotice />}
        <Box
          component="main"
          id="page"
          tabIndex={-1}
          sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }}
        >
          <RememberedContext value={memory}>
            <Suspense>
              <Outlet />
            </Suspense>
          </RememberedContext>
        </Box>
      </Box>
    </LocaleContext>
  );
}
