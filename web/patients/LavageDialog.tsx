import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useForm } from 'react-hook-form';
import { useCreateLavage, useUpdateLavage } from '../api/mutations.ts';
import type { Lavage } from '../api/queries.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { useSave } from '../ui/use-save.ts';
import {
  fromLavageForm,
  type LavageForm,
  NUMBER_FIELDS,
  parseMeasurement,
  toLavageForm,
} from './lavage-form.ts';

const SMOKING = [
  { value: 'unknown', label: 'Unknown' },
  { value: 'never', label: 'Never' },
  { value: 'former', label: 'Former' },
  { value: 'current', label: 'Current' },
];

interface LavageDialogProps {
  patientId: string;
  /** The lavage to correct; a new one without. */
  lavage?: Lavage;
  onClose: () => void;
}

export function LavageDialog({ patientId, lavage, onClose }: LavageDialogProps) {
  const form = useForm<LavageForm>({ defaultValues: toLavageForm(lavage) });
  const create = useCreateLavage();
  const update = useUpdateLavage();
  const { failure, isSaving, save } = useSave(form, lavage?.version, async (values, ifMatch) => {
    const body = fromLavageForm(values);
    if (lavage) await update.mutateAsync({ params: { id: lavage.id }, body, ifMatch });
    else await create.mutateAsync({ params: { patientId }, body });
    onClose();
  });
  const { errors } = form.formState;
  const text = (name: keyof LavageForm, label: string) => (
    <TextField
      label={label}
      autoComplete="off"
      error={errors[name] !== undefined}
      helperText={errors[name]?.message}
      {...form.register(name)}
    />
  );
  const moment = (name: 'collectedAt' | 'receivedAt', label: string) => (
    <TextField
      label={label}
      type="datetime-local"
      slotProps={{ inputLabel: { shrink: true } }}
      error={errors[name] !== undefined}
      helperText={errors[name]?.message}
      {...form.register(name)}
    />
  );
  return (
    <FormDialog
      title={lavage ? 'Edit lavage' : 'New lavage'}
      submitLabel={lavage ? 'Save' : 'Create lavage'}
      isSaving={isSaving}
      failure={failure}
      onSubmit={form.handleSubmit(save)}
      onClose={onClose}
    >
      {text('accessionNumber', 'Accession number')}
      {text('site', 'Site (lobe, segment)')}
      {moment('collectedAt', 'Collected')}
      {moment('receivedAt', 'Received')}
      {NUMBER_FIELDS.map(({ name, label, max }) => (
        <TextField
          key={name}
          label={label}
          autoComplete="off"
          slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          error={errors[name] !== undefined}
          helperText={errors[name]?.message}
          {...form.register(name, {
            validate: (value) => {
              const number = parseMeasurement(value) ?? 0;
              return (number >= 0 && number <= max) || `A number from 0 to ${max.toLocaleString('en')}.`;
            },
          })}
        />
      ))}
      <SelectField label="Smoking" options={SMOKING} {...form.register('smokingStatus')} />
      {text('requester', 'Requested by')}
      <Box sx={{ gridColumn: '1 / -1' }}>
        <TextField
          label="Clinical question"
          multiline
          minRows={2}
          maxRows={6}
          {...form.register('question')}
        />
      </Box>
    </FormDialog>
  );
}
