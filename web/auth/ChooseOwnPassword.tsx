import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useServices } from '../api/services.ts';
import { useSignOut } from '../shell/use-sign-out.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { AuthLayout } from './AuthLayout.tsx';
import { PasswordChangeFields, usePasswordChange } from './PasswordChange.tsx';

/** What somebody sees first who signed in with a password that was drawn for them. */
export function ChooseOwnPassword() {
  const { call, session } = useServices();
  const { form, failure, isSaving, save } = usePasswordChange(async () =>
    session.signedIn(await call('me', {})),
  );
  const signOut = useSignOut();
  return (
    <AuthLayout
      title="Choose a password of your own"
      subtitle="The one you signed in with just now is known to whoever gave it to you. Give it once more, then yours."
    >
      <Box
        component="form"
        noValidate
        aria-label="Password change"
        onSubmit={form.handleSubmit(save)}
        sx={{ display: 'grid', gap: 2 }}
      >
        {failure !== undefined && <ErrorNotice error={failure} />}
        <PasswordChangeFields form={form} />
        <Button type="submit" variant="contained" size="large" loading={isSaving}>
          Change password
        </Button>
        <Button color="inherit" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </Box>
    </AuthLayout>
  );
}
