import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { ApiError } from '../../contract/client.ts';
import { useServices } from '../api/services.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { PasswordField } from './PasswordField.tsx';

interface SignInFormProps {
  /** Signs in this person and no other. */
  fixedEmail?: string;
}

interface Credentials {
  email: string;
  password: string;
  totp: string;
}

/** Email and password, then the code where one is asked for. What happens once signed in is up to the session's listeners. */
export function SignInForm({ fixedEmail }: SignInFormProps) {
  const { call, session } = useServices();
  const form = useForm<Credentials>({ defaultValues: { email: fixedEmail ?? '', password: '', totp: '' } });
  const [asksForCode, setAsksForCode] = useState(false);
  const { errors } = form.formState;
  const signIn = useMutation({
    mutationFn: ({ totp, ...credentials }: Credentials) =>
      call('login', { body: asksForCode ? { ...credentials, totp } : credentials }),
    onSuccess: ({ user }) => session.signedIn(user),
    onError: (error) => {
      const isCodeMissing = error instanceof ApiError && error.code === 'second_factor_required';
      setAsksForCode(isCodeMissing);
      form.resetField('totp');
      if (isCodeMissing) return;
      form.resetField('password');
      form.setFocus('password');
    },
  });
  const isFirstAskForCode = asksForCode && signIn.variables?.totp === '';
  return (
    <Box
      component="form"
      noValidate
      aria-label="Sign in"
      onSubmit={form.handleSubmit((credentials) => signIn.mutate(credentials))}
      sx={{ display: 'grid', gap: 2 }}
    >
      {signIn.error && !isFirstAskForCode && <ErrorNotice error={signIn.error} />}
      {asksForCode ? (
        <TextField
          label="Code"
          autoComplete="one-time-code"
          autoFocus
          error={errors.totp !== undefined}
          helperText={
            errors.totp?.message ?? 'Six digits from your authenticator, or one of your recovery codes.'
          }
          {...form.register('totp', { required: 'Give the code that your authenticator shows now.' })}
        />
      ) : (
        <>
          <TextField
            label="Email"
            type="email"
            autoComplete="username"
            autoFocus={!fixedEmail}
            error={errors.email !== undefined}
            helperText={errors.email?.message}
            slotProps={{ htmlInput: { readOnly: fixedEmail !== undefined } }}
            {...form.register('email', { required: 'Give your email address.' })}
          />
          <PasswordField
            label="Password"
            autoComplete="current-password"
            autoFocus={fixedEmail !== undefined}
            error={errors.password !== undefined}
            helperText={errors.password?.message}
            {...form.register('password', { required: 'Give your password.' })}
          />
        </>
      )}
      <Button type="submit" variant="contained" size="large" loading={signIn.isPending}>
        {asksForCode ? 'Confirm' : 'Sign in'}
      </Button>
      {asksForCode && (
        <Button color="inherit" onClick={() => setAsksForCode(false)}>
          Back
        </Button>
      )}
    </Box>
  );
}
