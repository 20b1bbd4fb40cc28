import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useForm, useWatch } from 'react-hook-form';
import { useChange } from '../api/mutations.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import type { User } from '../api/session.ts';
import { Announcer } from '../ui/Announcer.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { useSave } from '../ui/use-save.ts';
import { PasswordField } from './PasswordField.tsx';

/** Name and address; another address is another login, so it asks for the password. */
export function ProfilePanel({ user }: { user: User }) {
  const { session } = useServices();
  const saved = { name: user.name, email: user.email, currentPassword: '' };
  const form = useForm({ defaultValues: saved });
  const email = useWatch({ control: form.control, name: 'email' });
  const isNewEmail = email.trim().toLowerCase() !== user.email;
  const update = useChange('updateMe', () => [queryKeys.ownSessions]);
  const { failure, isSaving, save } = useSave(form, undefined, async ({ name, currentPassword }) => {
    const body = isNewEmail ? { name, email, currentPassword } : { name };
    const changed = await update.mutateAsync({ body });
    session.signedIn(changed);
    form.reset({ name: changed.name, email: changed.email, currentPassword: '' });
  });
  const { errors, isDirty } = form.formState;
  return (
    <Panel title="Profile">
      <Box
        component="form"
        noValidate
        aria-label="Profile"
        onSubmit={form.handleSubmit(save)}
        sx={{
          display: 'grid',
          gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' },
          gap: 2,
          px: 2,
          pt: 1,
          pb: 2,
        }}
      >
        {failure !== undefined && (
          <Box sx={{ gridColumn: '1 / -1' }}>
            <ErrorNotice error={failure} />
          </Box>
        )}
        <TextField
          label="Full name"
          autoComplete="name"
          error={errors.name !== undefined}
          helperText={errors.name?.message}
          {...form.register('name', { required: 'Give your name.' })}
        />
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          error={errors.email !== undefined}
          helperText={errors.email?.message}
          {...form.register('email', { required: 'Give your email address.' })}
        />
        {isNewEmail && (
          <PasswordField
            label="Your password, for another address"
            autoComplete="current-password"
            error={errors.currentPassword !== undefined}
            helperText={errors.currentPassword?.message}
            {...form.register('currentPassword', { required: 'Give the password you signed in with.' })}
          />
        )}
        <Box sx={{ gridColumn: '1 / -1' }}>
          <Button type="submit" variant="contained" disabled={!isDirty} loading={isSaving}>
            Save
          </Button>
        </Box>
        <Announcer message={update.isSuccess && !isDirty ? 'Your profile was saved' : ''} />
      </Box>
    </Panel>
  );
}
