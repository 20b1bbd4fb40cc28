import Add from '@mui/icons-material/Add';
import Delete from '@mui/icons-material/DeleteOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type UseFormReturn, useFieldArray } from 'react-hook-form';
import type { PatientForm } from './patient-form.ts';

const COLUMNS = [
  { name: 'type', label: 'Type', missing: 'Give its type, for example MRN.' },
  { name: 'value', label: 'Number', missing: 'Give the number.' },
  { name: 'issuer', label: 'Issued by', missing: 'Say who issued it.' },
] as const;

/** The numbers by which hospitals know the patient. */
export function IdentifierFields({ form }: { form: UseFormReturn<PatientForm> }) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'identifiers' });
  const { errors } = form.formState;
  return (
    <Box role="group" aria-label="Identifiers" sx={{ display: 'grid', gap: 1.5 }}>
      <Typography variant="h3">Identifiers</Typography>
      {fields.map((field, row) => (
        <Box key={field.id} sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
          {COLUMNS.map(({ name, label, missing }) => (
            <TextField
              key={name}
              label={label}
              autoComplete="off"
              error={errors.identifiers?.[row]?.[name] !== undefined}
              helperText={errors.identifiers?.[row]?.[name]?.message}
              {...form.register(`identifiers.${row}.${name}`, { required: missing })}
            />
          ))}
          <IconButton
            aria-label={`Remove identifier ${row + 1}`}
            onClick={() => remove(row)}
            sx={{ mt: 0.5 }}
          >
            <Delete />
          </IconButton>
        </Box>
      ))}
      <Box>
        <Button startIcon={<Add />} onClick={() => append({ type: 'MRN', value: '', issuer: '' })}>
          Add identifier
        </Button>
      </Box>
    </Box>
  );
}
