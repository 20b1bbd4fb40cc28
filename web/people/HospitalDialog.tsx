import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import { Controller, useForm } from 'react-hook-form';
import type { Hospital } from '../api/queries.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSave } from '../ui/use-save.ts';
import { useCreateHospital, useUpdateHospital } from './people-queries.ts';

interface HospitalForm {
  name: string;
  location: string;
  uploadersShare: boolean;
}

interface HospitalDialogProps {
  /** The hospital to change; a new one without. */
  hospital?: Hospital;
  onClose: () => void;
}

export function HospitalDialog({ hospital, onClose }: HospitalDialogProps) {
  const { name = '', location = '', uploadersShare = true } = hospital ?? {};
  const form = useForm<HospitalForm>({ defaultValues: { name, location, uploadersShare } });
  const create = useCreateHospital();
  const update = useUpdateHospital();
  const { failure, isSaving, save } = useSave(form, hospital?.version, async (body, ifMatch) => {
    if (hospital) await update.mutateAsync({ params: { id: hospital.id }, body, ifMatch });
    else await create.mutateAsync({ body });
    onClose();
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      title={hospital ? `Edit ${hospital.name}` : 'New hospital'}
      submitLabel={hospital ? 'Save' : 'Create hospital'}
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <TextField
        label="Name"
        autoFocus
        autoComplete="off"
        error={errors.name !== undefined}
        helperText={errors.name?.message}
        {...form.register('name', { required: 'Give its name.' })}
      />
      <TextField
        label="Location"
        placeholder="City, country"
        autoComplete="off"
        error={errors.location !== undefined}
        helperText={errors.location?.message}
        {...form.register('location', { required: 'Give its place.' })}
      />
      <Controller
        control={form.control}
        name="uploadersShare"
        render={({ field: { value, onChange, ref, onBlur } }) => (
          <FormControlLabel
            sx={{ gridColumn: '1 / -1' }}
            label="Its pulmonologists see each other's patients"
            control={
              <Checkbox
                size="small"
                checked={value}
                {...{ onChange, onBlur }}
                slotProps={{ input: { ref } }}
              />
            }
          />
        )}
      />
    </FormDialog>
  );
}
