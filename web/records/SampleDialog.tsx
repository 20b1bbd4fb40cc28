import TextField from '@mui/material/TextField';
import { useForm } from 'react-hook-form';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSave } from '../ui/use-save.ts';
import { type SampleRecord, useUpdateSample } from './records-queries.ts';

interface SampleForm {
  objective: string;
  micronsPerPixel: string;
}

interface SampleDialogProps {
  sample: SampleRecord;
  onClose: () => void;
}

/** Corrects what was said of an image when it was uploaded. */
export function SampleDialog({ sample, onClose }: SampleDialogProps) {
  const form = useForm<SampleForm>({
    defaultValues: {
      objective: sample.objective ?? '',
      micronsPerPixel: sample.micronsPerPixel === null ? '' : String(sample.micronsPerPixel),
    },
  });
  const update = useUpdateSample();
  const { failure, isSaving, save } = useSave(form, undefined, async (values) => {
    const [objective, microns] = [values.objective.trim(), values.micronsPerPixel.trim()];
    await update.mutateAsync({
      params: { jobId: sample.jobId },
      body: { objective: objective || null, micronsPerPixel: microns === '' ? null : Number(microns) },
    });
    onClose();
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      title={`Edit ${sample.originalFilename}`}
      submitLabel="Save"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <TextField
        label="Objective"
        placeholder="40x"
        autoFocus
        autoComplete="off"
        error={errors.objective !== undefined}
        helperText={errors.objective?.message}
        slotProps={{ inputLabel: { shrink: true }, htmlInput: { maxLength: 40 } }}
        {...form.register('objective')}
      />
      <TextField
        label="Microns per pixel"
        placeholder="0.25"
        autoComplete="off"
        error={errors.micronsPerPixel !== undefined}
        helperText={errors.micronsPerPixel?.message ?? 'Counts from the next detection on.'}
        slotProps={{ inputLabel: { shrink: true }, htmlInput: { inputMode: 'decimal' } }}
        {...form.register('micronsPerPixel', {
          validate: (text) =>
            text.trim() === '' || Number(text) > 0 || 'Give a number above 0, such as 0.25, or nothing.',
        })}
      />
    </FormDialog>
  );
}
