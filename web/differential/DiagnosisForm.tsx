import Button from '@mui/material/Button';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useEffect } from 'react';
import { Controller, type UseFormReturn, useForm } from 'react-hook-form';
import type { Diagnosis } from '../api/queries.ts';
import { DiagnosisPicker } from './DiagnosisPicker.tsx';
import { type CatalogueEntry, type DiagnosisDraft, draftOf } from './diagnosis-draft.ts';

interface DiagnosisFormProps {
  saved: Diagnosis | null;
  catalogue: readonly CatalogueEntry[];
  saving: boolean;
  /** Rejects when nothing was written. */
  onSave: (draft: DiagnosisDraft) => Promise<unknown>;
  onDirtyChange: (dirty: boolean) => void;
}

/** The reader's own statement on one lavage: adequacy, diagnoses with their certainty, pattern, comment. */
export function DiagnosisForm({ saved, catalogue, saving, onSave, onDirtyChange }: DiagnosisFormProps) {
  const form = useForm<DiagnosisDraft>({ defaultValues: draftOf(saved) });
  const { isDirty } = form.formState;
  useEffect(() => {
    if (!form.formState.isDirty) form.reset(draftOf(saved));
  }, [form, saved]);
  useEffect(() => {
    onDirtyChange(isDirty);
    return () => onDirtyChange(false);
  }, [isDirty, onDirtyChange]);
  const save = async (draft: DiagnosisDraft) => {
    const written = await onSave(draft).then(
      () => true,
      () => false,
    );
    // What was typed meanwhile stays, and stays to be saved.
    if (written) form.reset(draft, { keepValues: true });
  };
  return (
    <Stack component="form" spacing={2} noValidate onSubmit={form.handleSubmit(save)} aria-label="Diagnosis">
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
      <Stack direction="row" spacing={1}>
        <Button type="submit" variant="contained" disabled={saving || !isDirty}>
          {saving ? 'Saving…' : 'Save diagnosis'}
        </Button>
        {isDirty && (
          <Button onClick={() => form.reset(draftOf(saved))} disabled={saving}>
            Discard changes
          </Button>
        )}
      </Stack>
    </Stack>
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
