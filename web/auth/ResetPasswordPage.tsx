import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { Link as RouterLink, useLocation } from 'react-router';
import { useServices } from '../api/services.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { placeServerErrors } from '../ui/server-errors.ts';
import { AuthLayout } from './AuthLayout.tsx';
import { NewPasswordField } from './PasswordChange.tsx';

/** Where an administrator's one-time link leads; its secret stands behind the #. */
export default function ResetPasswordPage() {
  const { hash } = useLocation();
  const [token] = useState(hash.slice(1));
  // Neither the history nor a glance at the address bar keeps it.
  useEffect(() => window.history.replaceState(window.history.state, '', window.location.pathname), []);
  if (token === '') {
    return (
      <AuthLayout title="Choose a password">
        <Typography sx={{ mb: 2 }}>
          This page needs the whole link that an administrator gave you. Open the link again, or ask for a new
          one.
        </Typography>
        {toSignIn}
      </AuthLayout>
    );
  }
  return <ResetPasswordForm token={token} />;
}

const toSignIn = (
  <Link component={RouterLink} to="/sign-in">
    Sign in
  </Link>
);

function ResetPasswordForm({ token }: { token: string }) {
  const { call } = useServices();
  const form = useForm({ defaultValues: { newPassword: '' } });
  const [failure, setFailure] = useState<unknown>();
  const redeem = useMutation({
    mutationFn: ({ newPassword }: { newPassword: string }) =>
      call('redeemPasswordLink', { body: { token, newPassword } }),
    onError: (error) => setFailure(placeServerErrors(form, error)),
  });
  if (redeem.isSuccess) {
    return (
      <AuthLayout title="Choose a password">
        <Alert severity="success" sx={{ mb: 2 }}>
          Your password was changed. Sign in with it now.
        </Alert>
        {toSignIn}
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title="Choose a password" subtitle="Your link works once.">
      <Box
        component="form"
        noValidate
        aria-label="Password change"
        onSubmit={form.handleSubmit((values) => {
          setFailure(undefined);
          redeem.mutate(values);
        })}
        sx={{ display: 'grid', gap: 2 }}
      >
        {failure !== undefined && <ErrorNotice error={failure} />}
        <NewPasswordField form={form} />
        <Button type="submit" variant="contained" size="large" loading={redeem.isPending}>
          Change password
        </Button>
      </Box>
    </AuthLayout>
  );
}
