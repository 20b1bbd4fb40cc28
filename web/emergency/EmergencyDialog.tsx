import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useForm } from 'react-hook-form';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSave } from '../ui/use-save.ts';
import { useOpenEmergencyAccess } from './emergency-queries.ts';

interface EmergencyForm {
  identifier: { type: string; value: string; issuer: string };
  reason: string;
}

const SHORTEST_REASON = 10;

interface EmergencyDialogProps {
  onClose: () => void;
  onOpened: (patientId: string) => void;
}

/** Asks for another hospital's patient by an identifier, and why it cannot wait. */
export function EmergencyDialog({ onClose, onOpened }: EmergencyDialogProps) {
  const form = useForm<EmergencyForm>({
    defaultValues: { identifier: { type: 'MRN', value: '', issuer: '' }, reason: '' },
  });
  const open = useOpenEmergencyAccess();
  const { failure, isSaving, save } = useSave(form, undefined, async (body) => {
    onOpened((await open.mutateAsync({ body })).patientId);
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      title="Emergency access"
      submitLabel="Open the patient"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <Box sx={{ gridColumn: '1 / -1' }}>
        Opens a patient of another hospital for reading, for one hour. Administrators are told at once, and
        everything you open is recorded with your name.
      </Box>
      <TextField
        label="Type of the identifier"
        autoComplete="off"
        error={errors.identifier?.type !== undefined}
        helperText={errors.identifier?.type?.message}
        {...form.register('identifier.type', { required: 'Give its type, for example MRN.' })}
      />
      <TextField
        label="Number"
        autoFocus
        autoComplete="off"
        error={errors.identifier?.value !== undefined}
        helperText={errors.identifier?.value?.message}
        {...form.register('identifier.value', { required: 'Give the number.' })}
      />
      <TextField
        label="Issued by"
        autoComplete="off"
        error={errors.identifier?.issuer !== undefined}
        helperText={
          errors.identifier?.issuer?.message ??
          'The hospital or laboratory whose number it is, written as on their papers.'
        }
        {...form.register('identifier.issuer', { required: 'Say who issued it.' })}
        sx={{ gridColumn: '1 / -1' }}
      />
      <TextField
        label="Why it cannot wait"
        multiline
        minRows={2}
        error={errors.reason !== undefined}
        helperText={errors.reason?.message}
        {...form.register('reason', {
          validate: (text) =>
            text.trim().length >= SHORTEST_REASON || 'Say in a sentence why it cannot wait.',
        })}
        sx={{ gridColumn: '1 / -1' }}
      />
    </FormDialog>
  );
}
