import Box from '@mui/material/Box';
import type { UseFormReturn } from 'react-hook-form';
import { useHospitals } from '../api/queries.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import type { PatientForm } from './patient-form.ts';

/** The hospital of a new patient, for administrators, who belong to none. */
export function HospitalField({ form }: { form: UseFormReturn<PatientForm> }) {
  const hospitals = useHospitals();
  const complaint = form.formState.errors.hospitalId;
  const hint =
    hospitals.data?.length === 0 ? 'There is no hospital yet. Create one on the page People.' : undefined;
  return (
    <Box sx={{ gridColumn: '1 / -1' }}>
      {hospitals.isError ? (
        <ErrorNotice
          title="The hospitals could not be loaded."
          error={hospitals.error}
          onRetry={() => void hospitals.refetch()}
        />
      ) : (
        <SelectField
          label="Hospital"
          options={[
            { value: '', label: 'Choose…' },
            ...(hospitals.data ?? []).map(({ id, name, location }) => ({
              value: id,
              label: `${name}, ${location}`,
            })),
          ]}
          error={complaint !== undefined}
          helperText={complaint?.message ?? hint}
          {...form.register('hospitalId', { required: 'Choose the hospital of the patient.' })}
        />
      )}
    </Box>
  );
}
