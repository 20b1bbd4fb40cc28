import { FormDialog } from '../ui/FormDialog.tsx';
import { PasswordChangeFields, usePasswordChange } from './PasswordChange.tsx';

export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { form, failure, isSaving, save } = usePasswordChange(onClose);
  return (
    <FormDialog
      title="Change password"
      submitLabel="Change password"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <PasswordChangeFields form={form} />
    </FormDialog>
  );
}
