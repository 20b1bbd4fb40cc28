import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { type Location, Navigate, Link as RouterLink, useLocation } from 'react-router';
import { useSignInOptions } from '../api/queries.ts';
import { useSessionState } from '../api/services.ts';
import { AuthLayout } from './AuthLayout.tsx';
import { SignInForm } from './SignInForm.tsx';

/** Where somebody was when they were sent here; part of the history entry, never of the address. */
export interface SignInLocationState {
  from?: Pick<Location, 'pathname' | 'search' | 'hash'>;
  registered?: boolean;
}

export default function SignInPage() {
  const { phase } = useSessionState();
  const state = useLocation().state as SignInLocationState | null;
  const options = useSignInOptions();
  if (phase === 'signed-in') return <Navigate to={state?.from ?? '/'} replace />;
  return (
    <AuthLayout title="Sign in">
      {state?.registered && (
        <Alert severity="success" sx={{ mb: 2 }}>
          Your account is ready. Sign in to begin.
        </Alert>
      )}
      <SignInForm />
      <Box sx={{ mt: 3, color: 'text.secondary' }}>
        {options.data?.registration === 'closed' ? (
          'New accounts are made by the administrator of your laboratory.'
        ) : (
          <>
            No account yet?{' '}
            <Link component={RouterLink} to="/register">
              {options.data?.registration === 'approval' ? 'Ask for an account' : 'Register'}
            </Link>
          </>
        )}
      </Box>
    </AuthLayout>
  );
}
