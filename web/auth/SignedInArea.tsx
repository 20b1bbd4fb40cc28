import LinearProgress from '@mui/material/LinearProgress';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ApiError } from '../../contract/client.ts';
import { useServices, useSessionState } from '../api/services.ts';
import { AppShell } from '../shell/AppShell.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { ChooseOwnPassword } from './ChooseOwnPassword.tsx';
import { SessionExpiredDialog } from './SessionExpiredDialog.tsx';
import type { SignInLocationState } from './SignInPage.tsx';

/** Whatever only signed-in people see; the others are sent to the sign-in and back. */
export function SignedInArea() {
  const { session, live, call } = useServices();
  const queryClient = useQueryClient();
  const state = useSessionState();
  const location = useLocation();
  const isUnknown = state.phase === 'unknown';
  const me = useQuery({
    queryKey: ['me'],
    enabled: isUnknown,
    gcTime: 0,
    retry: false,
    queryFn: async ({ signal }) => {
      try {
        session.signedIn(await call('me', { signal }));
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 401)) throw error;
        session.signedOut();
      }
      return null;
    },
  });
  const mustChoosePassword = state.phase === 'signed-in' && state.user.mustChangePassword;
  const isSignedIn = state.phase === 'signed-in' && !mustChoosePassword;
  useEffect(() => {
    if (!isSignedIn) return;
    live.start();
    return () => live.stop();
  }, [isSignedIn, live]);
  const wasExpired = useRef(false);
  useEffect(() => {
    if (isSignedIn && wasExpired.current) void queryClient.invalidateQueries();
    wasExpired.current = state.phase === 'expired';
  }, [isSignedIn, state.phase, queryClient]);

  if (state.phase === 'unknown') {
    return me.isError ? (
      <Page>
        <ErrorNotice title="BALscope could not start." error={me.error} onRetry={() => void me.refetch()} />
      </Page>
    ) : (
      <LinearProgress aria-label="Loading BALscope" />
    );
  }
  if (state.phase === 'signed-out') {
    const { pathname, search, hash } = location;
    // With two slashes in front it would name another host.
    const onThisHost = pathname.replace(/^[/\\]+/, '/');
    const from: SignInLocationState = { from: { pathname: onThisHost, search, hash } };
    return <Navigate to="/sign-in" replace state={from} />;
  }
  if (mustChoosePassword) return <ChooseOwnPassword />;
  return (
    <>
      <AppShell user={state.user} />
      <SessionExpiredDialog />
    </>
  );
}
