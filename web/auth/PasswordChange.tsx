import Box from '@mui/material/Box';
import { useId } from 'react';
import { type UseFormReturn, useForm, useWatch } from 'react-hook-form';
import { useChange } from '../api/mutations.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useSave } from '../ui/use-save.ts';
import { PasswordField } from './PasswordField.tsx';
import { PasswordRules } from './PasswordRules.tsx';
import { passwordRules } from './password-rules.ts';

interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

/** The form that changes the own password. Sessions elsewhere end, this one goes on. */
export function usePasswordChange(onChanged: () => void | Promise<void>) {
  const form = useForm<PasswordChange>({ defaultValues: { currentPassword: '', newPassword: '' } });
  const change = useChange('changePassword', () => [queryKeys.ownSessions]);
  const saving = useSave(form, undefined, async (body) => {
    await change.mutateAsync({ body });
    await onChanged();
  });
  return { form, ...saving };
}

export function PasswordChangeFields({ form }: { form: UseFormReturn<PasswordChange> }) {
  const { errors } = form.formState;
  return (
    <>
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
      <NewPasswordField form={form} />
    </>
  );
}

/** The new password with its rules; what the server says of it stands below. */
export function NewPasswordField<T extends { newPassword: string }>({ form }: { form: UseFormReturn<T> }) {
  const rulesId = useId();
  // Every form here has this field; the library's types cannot see that.
  const { control, register, formState } = form as unknown as UseFormReturn<{ newPassword: string }>;
  const newPassword = useWatch({ control, name: 'newPassword' });
  const { newPassword: error } = formState.errors;
  return (
    <Box sx={{ gridColumn: '1 / -1', display: 'grid', gap: 2 }}>
      <PasswordField
        label="New password"
        autoComplete="new-password"
        error={error !== undefined}
        helperText={error?.message}
        slotProps={{ htmlInput: { 'aria-describedby': rulesId } }}
        {...register('newPassword', {
          validate: (value) => passwordRules(value).every(({ isMet }) => isMet),
        })}
      />
      <PasswordRules password={newPassword} id={rulesId} />
    </Box>
  );
}
