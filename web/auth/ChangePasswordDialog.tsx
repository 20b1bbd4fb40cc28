import Box from '@mui/material/Box';
import { useId } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useChange } from '../api/mutations.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSave } from '../ui/use-save.ts';
import { PasswordField } from './PasswordField.tsx';
import { PasswordRules } from './PasswordRules.tsx';
import { passwordRules } from './password-rules.ts';

interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

/** Changes the own password; sessions elsewhere end, this one goes on. */
export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const rulesId = useId();
  const form = useForm<PasswordChange>({ defaultValues: { currentPassword: '', newPassword: '' } });
  const newPassword = useWatch({ control: form.control, name: 'newPassword' });
  const change = useChange('changePassword', () => []);
  const { failure, isSaving, save } = useSave(form, undefined, async (body) => {
    await change.mutateAsync({ body });
    onClose();
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      title="Change password"
      submitLabel="Change password"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <Box sx={{ gridColumn: '1 / -1' }}>
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          autoFocus
          error={errors.currentPassword !== undefined}
          helperText={errors.currentPassword?.message}
          {...form.register('currentPassword', { required: 'Give the password you signed in with.' })}
        />
      </Box>
      <Box sx={{ gridColumn: '1 / -1', display: 'grid', gap: 2 }}>
        <PasswordField
          label="New password"
          autoComplete="new-password"
          error={errors.newPassword !== undefined}
          slotProps={{ htmlInput: { 'aria-describedby': rulesId } }}
          {...form.register('newPassword', {
            validate: (value) => passwordRules(value).every(({ isMet }) => isMet),
          })}
        />
        <PasswordRules password={newPassword} id={rulesId} />
      </Box>
    </FormDialog>
  );
}
