import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useChange } from '../api/mutations.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import type { User } from '../api/session.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { countOf } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { useSave } from '../ui/use-save.ts';
import { AuthenticatorQr } from './AuthenticatorQr.tsx';
import { PasswordField } from './PasswordField.tsx';
import { RecoveryCodesDialog } from './RecoveryCodesDialog.tsx';

type Step =
  | { kind: 'ask-password'; action: 'enrol' | 'remove' }
  | { kind: 'scan'; secret: string; otpauthUri: string }
  | { kind: 'recovery-codes'; recoveryCodes: string[] };

const useChangeSecondFactor = () => useChange('changeSecondFactor', () => [queryKeys.ownSessions]);

/** An authenticator that is asked for after the password. */
export function SecondFactorPanel({ user }: { user: User }) {
  const { call, session } = useServices();
  const [step, setStep] = useState<Step>();
  const isOn = user.secondFactor !== null;
  const close = () => setStep(undefined);
  const closeAndRefresh = async () => {
    session.signedIn(await call('me', {}));
    close();
  };
  return (
    <Panel
      title="Second factor"
      actions={
        <Button
          variant="outlined"
          onClick={() => setStep({ kind: 'ask-password', action: isOn ? 'remove' : 'enrol' })}
        >
          {isOn ? 'Remove authenticator' : 'Set up authenticator'}
        </Button>
      }
    >
      <Typography variant="body2" color="textSecondary" sx={{ px: 2, pb: 2 }}>
        {user.secondFactor
          ? `On: signing in asks for a code of your authenticator. ${countOf(user.secondFactor.recoveryCodesLeft, 'recovery code')} left.`
          : 'Off: your password alone lets you in. With an authenticator on your telephone, a stolen password is not enough.'}
      </Typography>
      {step?.kind === 'ask-password' && (
        <PasswordDialog
          action={step.action}
          onClose={close}
          onEnrolling={(begun) => setStep({ kind: 'scan', ...begun })}
          onRemoved={closeAndRefresh}
        />
      )}
      {step?.kind === 'scan' && (
        <ScanDialog
          {...step}
          onClose={close}
          onConfirmed={(recoveryCodes) => setStep({ kind: 'recovery-codes', recoveryCodes })}
        />
      )}
      {step?.kind === 'recovery-codes' && (
        <RecoveryCodesDialog codes={step.recoveryCodes} onClose={closeAndRefresh} />
      )}
    </Panel>
  );
}

interface PasswordDialogProps {
  action: 'enrol' | 'remove';
  onClose: () => void;
  onEnrolling: (begun: { secret: string; otpauthUri: string }) => void;
  onRemoved: () => Promise<void>;
}

function PasswordDialog({ action, onClose, onEnrolling, onRemoved }: PasswordDialogProps) {
  const form = useForm({ defaultValues: { currentPassword: '' } });
  const change = useChangeSecondFactor();
  const { failure, isSaving, save } = useSave(form, undefined, async ({ currentPassword }) => {
    const answer = await change.mutateAsync({ body: { action, currentPassword } });
    if (answer.state === 'enrolling') onEnrolling(answer);
    else await onRemoved();
  });
  const error = form.formState.errors.currentPassword;
  return (
    <FormDialog
      title={action === 'enrol' ? 'Set up authenticator' : 'Remove authenticator'}
      submitLabel={action === 'enrol' ? 'Continue' : 'Remove'}
      isDestructive={action !== 'enrol'}
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <Typography sx={{ gridColumn: '1 / -1' }}>
        {action === 'enrol'
          ? 'Give your password first, so that nobody sets one up at a screen you left.'
          : 'Your password alone will let you in again.'}
      </Typography>
      <PasswordField
        label="Current password"
        autoComplete="current-password"
        autoFocus
        error={error !== undefined}
        helperText={error?.message}
        sx={{ gridColumn: '1 / -1' }}
        {...form.register('currentPassword', { required: 'Give the password you signed in with.' })}
      />
    </FormDialog>
  );
}

interface ScanDialogProps {
  secret: string;
  otpauthUri: string;
  onClose: () => void;
  onConfirmed: (recoveryCodes: string[]) => void;
}

function ScanDialog({ secret, otpauthUri, onClose, onConfirmed }: ScanDialogProps) {
  const form = useForm({ defaultValues: { code: '' } });
  const change = useChangeSecondFactor();
  const { failure, isSaving, save } = useSave(form, undefined, async ({ code }) => {
    const answer = await change.mutateAsync({ body: { action: 'confirm', code } });
    if (answer.state === 'on') onConfirmed(answer.recoveryCodes);
  });
  const error = form.formState.errors.code;
  return (
    <FormDialog
      title="Set up authenticator"
      submitLabel="Confirm"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <AuthenticatorQr secret={secret} uri={otpauthUri} />
      <TextField
        label="Code that it shows"
        autoFocus
        autoComplete="one-time-code"
        error={error !== undefined}
        helperText={error?.message ?? 'Six digits.'}
        sx={{ gridColumn: '1 / -1' }}
        {...form.register('code', { required: 'Give the code that the authenticator shows now.' })}
      />
    </FormDialog>
  );
}
