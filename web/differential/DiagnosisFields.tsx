import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { DiagnosisPicker } from './DiagnosisPicker.tsx';
import type { CatalogueEntry, DiagnosisDraft } from './diagnosis-draft.ts';

interface DiagnosisFieldsProps {
  form: UseFormReturn<DiagnosisDraft>;
  catalogue: readonly CatalogueEntry[];
}

/** Adequacy, diagnoses with their certainty, pattern and comment. */
export function DiagnosisFields({ form, catalogue }: DiagnosisFieldsProps) {
  return (
    <>
      <AdequacyFields form={form} />
      <Controller
        control={form.control}
        name="diagnosis"
        render={({ field }) => (
          <DiagnosisPicker catalogue={catalogue} chosen={field.value} onChange={field.onChange} />
        )}
      />
      <TextField
        label="Cytological pattern"
        placeholder="e.g. lymphocytic alveolitis"
        slotProps={{ htmlInput: { maxLength: 200 } }}
        {...form.register('pattern')}
      />
      <TextField
        label="Comment"
        multiline
        minRows={3}
        maxRows={10}
        slotProps={{ htmlInput: { maxLength: 8000 } }}
        error={form.formState.errors.comments !== undefined}
        helperText={form.formState.errors.comments?.message}
        {...form.register('comments', {
          validate: (text, { diagnosis }) =>
            text.trim() !== '' ||
            !diagnosis.some((entry) => entry.code === 'other') ||
            'Say which other diagnosis you mean.',
        })}
      />
    </>
  );
}

function AdequacyFields({ form }: { form: UseFormReturn<DiagnosisDraft> }) {
  const { errors } = form.formState;
  const inadequate = form.watch('adequacy') === 'inadequate';
  return (
    <Stack spacing={1}>
      <Controller
        control={form.control}
        name="adequacy"
        rules={{ required: 'Say whether the specimen is adequate.', deps: 'adequacyReasons' }}
        render={({ field }) => (
          <FormControl error={errors.adequacy !== undefined}>
            <FormLabel id="adequacy-label" sx={{ fontSize: 13 }}>
              Specimen
            </FormLabel>
            <RadioGroup row aria-labelledby="adequacy-label" {...field}>
              <FormControlLabel value="adequate" label="Adequate" control={<Radio size="small" />} />
              <FormControlLabel value="inadequate" label="Inadequate" control={<Radio size="small" />} />
            </RadioGroup>
            {errors.adequacy && <FormHelperText>{errors.adequacy.message}</FormHelperText>}
          </FormControl>
        )}
      />
      <TextField
        label={inadequate ? 'Why is it inadequate?' : 'Remarks on adequacy'}
        slotProps={{ htmlInput: { maxLength: 2000 } }}
        error={errors.adequacyReasons !== undefined}
        helperText={errors.adequacyReasons?.message}
        {...form.register('adequacyReasons', {
          validate: (text, { adequacy }) =>
            adequacy !== 'inadequate' || text.trim() !== '' || 'Give the reason.',
        })}
      />
    </Stack>
  );
}
