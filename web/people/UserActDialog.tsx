import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { FormDialog } from '../ui/FormDialog.tsx';
import { type AdministeredUser, useResetPassword, useUpdateUser } from './people-queries.ts';

export type UserAct = 'reject' | 'disable' | 'enable' | 'reset';

const ACTS = {
  reject: {
    title: 'Reject the request of',
    text: 'They cannot sign in, and asking again with this address changes nothing. You can enable the account later.',
    submitLabel: 'Reject',
  },
  disable: {
    title: 'Disable',
    text: 'They are signed out at once and cannot sign in. What they uploaded and read stays as it is.',
    submitLabel: 'Disable',
  },
  enable: {
    title: 'Enable',
    text: 'They can sign in again with the password they had.',
    submitLabel: 'Enable',
  },
  reset: {
    title: 'New password for',
    text: 'Their password ends, and they are signed out everywhere. You then see a new one, once.',
    submitLabel: 'Make a new password',
  },
} as const;

interface UserActDialogProps {
  act: UserAct;
  user: AdministeredUser;
  onClose: () => void;
  onPassword: (user: AdministeredUser, oneTimePassword: string) => void;
}

/** Says what an act does to a user before it is done. */
export function UserActDialog({ act, user, onClose, onPassword }: UserActDialogProps) {
  const update = useUpdateUser();
  const reset = useResetPassword();
  const [failure, setFailure] = useState<unknown>();
  const { title, text, submitLabel } = ACTS[act];
  const params = { id: user.id };
  const run = async () => {
    if (act === 'reset') return onPassword(user, (await reset.mutateAsync({ params })).oneTimePassword);
    const status = act === 'enable' ? 'active' : 'disabled';
    await update.mutateAsync({ params, body: { status }, ifMatch: user.version });
    onClose();
  };
  return (
    <FormDialog
      title={`${title} ${user.name}`}
      submitLabel={submitLabel}
      isSaving={update.isPending || reset.isPending}
      failure={failure}
      onSubmit={(event) => {
        event.preventDefault();
        setFailure(undefined);
        run().catch(setFailure);
      }}
      onClose={onClose}
    >
      <Typography sx={{ gridColumn: '1 / -1' }}>{text}</Typography>
    </FormDialog>
  );
}
