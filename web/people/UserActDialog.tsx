import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { FormDialog } from '../ui/FormDialog.tsx';
import {
  type AdministeredUser,
  useDeleteUser,
  useResetPassword,
  useResetSecondFactor,
  useUpdateUser,
} from './people-queries.ts';

export type UserAct = 'reject' | 'disable' | 'enable' | 'reset' | 'reset-second-factor' | 'delete';

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
    text: 'Their password ends, and they are signed out everywhere. You then see, once, a link with which they choose another.',
    submitLabel: 'Make a link',
  },
  'reset-second-factor': {
    title: 'Remove the authenticator of',
    text: 'For somebody who lost it together with the recovery codes. They are signed out everywhere, and then sign in with their password alone. Make sure that you know who asks.',
    submitLabel: 'Remove authenticator',
  },
  delete: {
    title: 'Erase the account of',
    text: 'For an account that was made by mistake: it is gone for good. One of whom anything is on record is not erased; disable it instead.',
    submitLabel: 'Erase',
  },
} as const;

interface UserActDialogProps {
  act: UserAct;
  user: AdministeredUser;
  onClose: () => void;
  onLink: (user: AdministeredUser, link: string) => void;
}

/** Says what an act does to a user before it is done. */
export function UserActDialog({ act, user, onClose, onLink }: UserActDialogProps) {
  const update = useUpdateUser();
  const reset = useResetPassword();
  const resetSecondFactor = useResetSecondFactor();
  const remove = useDeleteUser();
  const [failure, setFailure] = useState<unknown>();
  const { title, text, submitLabel } = ACTS[act];
  const params = { id: user.id };
  const run = async () => {
    const ifMatch = user.version;
    if (act === 'reset') return onLink(user, (await reset.mutateAsync({ params })).link);
    if (act === 'reset-second-factor') await resetSecondFactor.mutateAsync({ params });
    else if (act === 'delete') await remove.mutateAsync({ params, ifMatch });
    else
      await update.mutateAsync({
        params,
        ifMatch,
        body: { status: act === 'enable' ? 'active' : 'disabled' },
      });
    onClose();
  };
  return (
    <FormDialog
      title={`${title} ${user.name}`}
      submitLabel={submitLabel}
      isDestructive={act === 'delete' || act === 'reset-second-factor'}
      isSaving={[update, reset, resetSecondFactor, remove].some(({ isPending }) => isPending)}
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
