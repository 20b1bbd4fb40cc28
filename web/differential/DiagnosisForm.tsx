import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import type { Diagnosis } from '../api/queries.ts';
import { DiagnosisFields } from './DiagnosisFields.tsx';
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
      <DiagnosisFields form={form} catalogue={catalogue} />
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
