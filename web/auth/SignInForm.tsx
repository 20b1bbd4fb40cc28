import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
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
}

/** Email and password. What happens once signed in is up to whoever listens to the session. */
export function SignInForm({ fixedEmail }: SignInFormProps) {
  const { call, session } = useServices();
  const form = useForm<Credentials>({ defaultValues: { email: fixedEmail ?? '', password: '' } });
  const { errors } = form.formState;
  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => call('login', { body: credentials }),
    onSuccess: ({ user }) => session.signedIn(user),
    onError: () => {
      form.resetField('password');
      form.setFocus('password');
    },
  });
  return (
    <Box
      component="form"
      noValidate
      aria-label="Sign in"
      onSubmit={form.handleSubmit((credentials) => signIn.mutate(credentials))}
      sx={{ display: 'grid', gap: 2 }}
    >
      {signIn.error && <ErrorNotice error={signIn.error} />}
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
      <Button type="submit" variant="contained" size="large" loading={signIn.isPending}>
        Sign in
      </Button>
    </Box>
  );
}
