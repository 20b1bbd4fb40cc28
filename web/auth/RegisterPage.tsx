import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { Navigate, Link as RouterLink } from 'react-router';
import { useSignInOptions } from '../api/queries.ts';
import { useSessionState } from '../api/services.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { AuthLayout } from './AuthLayout.tsx';
import { RegisterForm } from './RegisterForm.tsx';
import { leaveRecaptcha } from './recaptcha.ts';

const backToSignIn = (
  <Link component={RouterLink} to="/sign-in">
    Back to sign in
  </Link>
);

export default function RegisterPage() {
  const { phase } = useSessionState();
  const options = useSignInOptions();
  const [isReceived, setIsReceived] = useState(false);
  useEffect(() => leaveRecaptcha, []);
  if (phase === 'signed-in') return <Navigate to="/" replace />;
  if (options.isPending) {
    return (
      <AuthLayout title="Register">
        <Skeleton variant="rounded" height={420} />
      </AuthLayout>
    );
  }
  if (options.isError) {
    return (
      <AuthLayout title="Register">
        <ErrorNotice error={options.error} onRetry={() => void options.refetch()} />
      </AuthLayout>
    );
  }
  if (options.data.registration === 'closed') {
    return (
      <AuthLayout title="Registration is closed">
        <Typography sx={{ mb: 2 }}>
          The administrator of your laboratory makes new accounts. Ask them for one, then sign in with it.
        </Typography>
        {backToSignIn}
      </AuthLayout>
    );
  }
  if (isReceived) {
    return (
      <AuthLayout title="Your request was received">
        <Typography sx={{ mb: 2 }}>
          An administrator now looks at it and grants your role and hospital. You can sign in as soon as that
          is done.
        </Typography>
        {backToSignIn}
      </AuthLayout>
    );
  }
  const needsApproval = options.data.registration === 'approval';
  return (
    <AuthLayout
      title={needsApproval ? 'Ask for an account' : 'Register'}
      subtitle={
        needsApproval
          ? 'An administrator approves each account, its role and its hospital.'
          : 'You join the hospital that you name, or found it when it is new.'
      }
    >
      <RegisterForm
        needsApproval={needsApproval}
        recaptchaSiteKey={options.data.recaptchaSiteKey}
        onReceived={() => setIsReceived(true)}
      />
      <Typography variant="body2" color="textSecondary" sx={{ mt: 3 }}>
        Registered already?{' '}
        <Link component={RouterLink} to="/sign-in">
          Sign in
        </Link>
      </Typography>
    </AuthLayout>
  );
}
