import TextField from '@mui/material/TextField';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import type { Role } from '../../contract/route.ts';
import { useLaboratories } from '../api/laboratories.ts';
import type { Hospital } from '../api/queries.ts';
import { SelectField } from '../ui/SelectField.tsx';
import { NEW_HOSPITAL, type UserForm } from './user-form.ts';

const ROLES = {
  UPLOADER: 'Pulmonologist: uploads samples',
  ANNOTATOR: 'Pathologist: reads samples',
  ADMIN: 'Administrator',
} as const;

const WHOLE_ROW = { gridColumn: '1 / -1' };

interface WorkplaceFieldsProps {
  form: UseFormReturn<UserForm>;
  hospitals: readonly Hospital[];
  roles: readonly Role[];
}

/** Role, and where it is held: a hospital, or for readers and administrators a laboratory alone. */
export function WorkplaceFields({ form, hospitals, roles }: WorkplaceFieldsProps) {
  const { errors } = form.formState;
  const [role, hospital] = useWatch({ control: form.control, name: ['role', 'hospital'] });
  const laboratories = useLaboratories(hospitals);
  const isNew = hospital === NEW_HOSPITAL;
  const asksLaboratory = laboratories.length > 1 && (isNew || hospital === '');
  return (
    <>
      <SelectField
        label="Role"
        options={roles.map((value) => ({ value, label: ROLES[value] }))}
        sx={WHOLE_ROW}
        {...form.register('role')}
      />
      <SelectField
        label="Hospital"
        options={[
          { value: '', label: role === 'UPLOADER' ? 'Choose…' : 'None, the laboratory only' },
          ...hospitals.map(({ id, name, location }) => ({ value: id, label: [name, location].join(', ') })),
          { value: NEW_HOSPITAL, label: 'A new hospital…' },
        ]}
        error={errors.hospital !== undefined}
        helperText={errors.hospital?.message}
        sx={WHOLE_ROW}
        {...form.register('hospital', {
          validate: (value, { role: given }) =>
            value !== '' || given !== 'UPLOADER' || 'Choose the hospital whose samples they upload.',
          deps: ['role'],
        })}
      />
      {isNew && (
        <>
          <TextField
            label="Name of the new hospital"
            autoComplete="off"
            error={errors.hospitalName !== undefined}
            helperText={errors.hospitalName?.message}
            {...form.register('hospitalName', { required: 'Give its name.' })}
          />
          <TextField
            label="Location"
            placeholder="City, country"
            autoComplete="off"
            error={errors.hospitalLocation !== undefined}
            helperText={errors.hospitalLocation?.message}
            {...form.register('hospitalLocation', { required: 'Give its place.' })}
          />
        </>
      )}
      {asksLaboratory && (
        <SelectField
          label="Laboratory"
          options={[
            { value: '', label: 'Your own' },
            ...laboratories.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          error={errors.laboratoryId !== undefined}
          helperText={errors.laboratoryId?.message}
          sx={WHOLE_ROW}
          {...form.register('laboratoryId')}
        />
      )}
    </>
  );
}
