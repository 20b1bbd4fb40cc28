import TextField from '@mui/material/TextField';
import { type FormEvent, useState } from 'react';
import { FormDialog } from '../ui/FormDialog.tsx';
import type { ParameterValues } from './detection-messages.ts';
import { useSavePreset } from './detection-queries.ts';

interface SavePresetDialogProps {
  lavageId: string;
  laboratory: string;
  /** Of the presets there are. */
  names: readonly string[];
  suggested: string;
  values: ParameterValues;
  onClose: () => void;
}

/** Keeps the parameters under a name for everybody in the laboratory. */
export function SavePresetDialog(props: SavePresetDialogProps) {
  const { lavageId, laboratory, names, suggested, values, onClose } = props;
  const [name, setName] = useState(suggested);
  const saving = useSavePreset();
  const trimmed = name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed === '') return;
    saving.mutate(
      { params: { id: lavageId }, body: { name: trimmed, parameters: { ...values } } },
      { onSuccess: onClose },
    );
  };
  return (
    <FormDialog
      title="Save as preset"
      submitLabel={names.includes(trimmed) ? 'Replace' : 'Save'}
      isSaving={saving.isPending}
      failure={saving.error ?? undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        required
        autoFocus
        value={name}
        onChange={({ target }) => setName(target.value)}
        helperText={
          names.includes(trimmed)
            ? 'There is a preset of this name; it will be replaced.'
            : `For everybody in ${laboratory}, for example the stain it suits.`
        }
        slotProps={{ htmlInput: { maxLength: 60 } }}
        sx={{ gridColumn: '1 / -1' }}
      />
    </FormDialog>
  );
}
