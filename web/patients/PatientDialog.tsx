import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useForm } from 'react-hook-form';
import { useCreatePatient, useUpdatePatient } from '../api/mutations.ts';
import type { PatientRow } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { useSave } from '../ui/use-save.ts';
import { HospitalField } from './HospitalField.tsx';
import { IdentifierFields } from './IdentifierFields.tsx';
import { ageOn, EMPTY_PATIENT, fromPatientForm, type PatientForm, toPatientForm } from './patient-form.ts';

const GENDERS = [
  { value: 'female', label: 'Female' },
  { value: 'male', label: 'Male' },
  { value: 'other', label: 'Other' },
  { value: 'unknown', label: 'Unknown' },
];
const SEXES = [
  { value: '', label: 'Not given' },
  { value: 'female', label: 'Female' },
  { value: 'male', label: 'Male' },
  { value: 'intersex', label: 'Intersex' },
  { value: 'unknown', label: 'Unknown' },
];

interface PatientDialogProps {
  /** The patient to correct; a new one without. */
  patient?: PatientRow;
  onClose: () => void;
  onSaved: (patient: { id: string }) => void;
}

export function PatientDialog({ patient, onClose, onSaved }: PatientDialogProps) {
  const { role } = useUser();
  const form = useForm<PatientForm>({ defaultValues: patient ? toPatientForm(patient) : EMPTY_PATIENT });
  const create = useCreatePatient();
  const update = useUpdatePatient();
  const { failure, isSaving, save } = useSave(form, patient?.version, async (values, ifMatch) => {
    const body = fromPatientForm(values);
    const saved = patient
      ? await update.mutateAsync({ params: { patientId: patient.id }, body, ifMatch })
      : await create.mutateAsync({ body: { ...body, hospitalId: values.hospitalId || undefined } });
    onSaved(saved);
  });
  const { errors } = form.formState;
  const complaint = (name: 'name' | 'age' | 'contact' | 'dateOfBirth') => ({
    error: errors[name] !== undefined,
    helperText: errors[name]?.message,
  });
  return (
    <FormDialog
      title={patient ? 'Edit patient' : 'New patient'}
      submitLabel={patient ? 'Save' : 'Create patient'}
      isSaving={isSaving}
      failure={failure}
      onSubmit={form.handleSubmit(save)}
      onClose={onClose}
    >
      {!patient && role === 'ADMIN' && <HospitalField form={form} />}
      <Box sx={{ gridColumn: '1 / -1' }}>
        <TextField
          label="Full name"
          autoFocus
          autoComplete="off"
          {...complaint('name')}
          {...form.register('name', { required: 'Give the name of the patient.' })}
        />
      </Box>
      <TextField
        label="Date of birth"
        type="date"
        slotProps={{ inputLabel: { shrink: true } }}
        {...complaint('dateOfBirth')}
        {...form.register('dateOfBirth', {
          onChange: ({ target }) => {
            const age = ageOn(target.value, new Date());
            if (age !== undefined) form.setValue('age', String(age), { shouldValidate: true });
          },
        })}
      />
      <TextField
        label="Age"
        slotProps={{ htmlInput: { inputMode: 'numeric' }, inputLabel: { shrink: true } }}
        {...complaint('age')}
        {...form.register('age', {
          required: 'Give the age in years.',
          validate: (age) =>
            (/^\d{1,3}$/.test(age.trim()) && Number(age) <= 130) || 'An age is a whole number from 0 to 130.',
        })}
      />
      <SelectField label="Gender" options={GENDERS} {...form.register('gender')} />
      <SelectField label="Sex for reference ranges" options={SEXES} {...form.register('sex')} />
      <Box sx={{ gridColumn: '1 / -1' }}>
        <TextField
          label="Contact"
          placeholder="Telephone, email or ward"
          autoComplete="off"
          {...complaint('contact')}
          {...form.register('contact')}
        />
      </Box>
      <Box sx={{ gridColumn: '1 / -1' }}>
        <IdentifierFields form={form} />
      </Box>
    </FormDialog>
  );
}
