import TextField from '@mui/material/TextField';
import { useForm } from 'react-hook-form';
import { FormDialog } from '../ui/FormDialog.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { useSave } from '../ui/use-save.ts';
import { type AnnotationRecord, useUpdateAnyAnnotation } from './records-queries.ts';

interface AnnotationDialogProps {
  annotation: AnnotationRecord;
  typeOptions: readonly { value: string; label: string }[];
  onClose: () => void;
}

/** Corrects the name of a cell and what its reader said of it. */
export function AnnotationDialog({ annotation, typeOptions, onClose }: AnnotationDialogProps) {
  const { id, cellType, comments, reader, version } = annotation;
  const form = useForm({ defaultValues: { cellType, comments: comments ?? '' } });
  const update = useUpdateAnyAnnotation();
  const { failure, isSaving, save } = useSave(form, version, async (values, ifMatch) => {
    const body = { cellType: values.cellType, comments: values.comments.trim() || null };
    await update.mutateAsync({ params: { id }, body, ifMatch });
    onClose();
  });
  const { errors } = form.formState;
  const isListed = typeOptions.some(({ value }) => value === cellType);
  return (
    <FormDialog
      title={`Edit a cell of ${reader.name}'s reading`}
      submitLabel="Save"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <SelectField
        label="Cell type"
        options={isListed ? typeOptions : [{ value: cellType, label: cellType }, ...typeOptions]}
        error={errors.cellType !== undefined}
        helperText={errors.cellType?.message}
        {...form.register('cellType')}
      />
      <TextField
        label="Comment"
        multiline
        minRows={2}
        error={errors.comments !== undefined}
        helperText={errors.comments?.message}
        slotProps={{ htmlInput: { maxLength: 2000 } }}
        sx={{ gridColumn: '1 / -1' }}
        {...form.register('comments')}
      />
    </FormDialog>
  );
}
