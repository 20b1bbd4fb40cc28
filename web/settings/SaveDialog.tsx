import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { FormDialog } from '../ui/FormDialog.tsx';
import type { SectionChanges } from './settings-changes.ts';

interface SaveDialogProps {
  laboratory: string;
  /** The version that the save makes. */
  version: number;
  changes: readonly SectionChanges[];
  isSaving: boolean;
  failure: unknown;
  onSave: () => void;
  onClose: () => void;
}

/** Shows what a save changes, and whom it concerns, before it is made. */
export function SaveDialog({
  laboratory,
  version,
  changes,
  isSaving,
  failure,
  onSave,
  onClose,
}: SaveDialogProps) {
  return (
    <FormDialog
      title={`Save version ${version} for ${laboratory}?`}
      submitLabel={`Save version ${version}`}
      {...{ isSaving, failure, onClose }}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <Box sx={{ gridColumn: '1 / -1', overflowWrap: 'anywhere' }}>
        <Typography variant="body2" sx={{ mb: 1.5 }}>
          New readings use version {version}. Readings that were begun, and results made from them, keep the
          version they began with.
        </Typography>
        <ChangesList changes={changes} />
      </Box>
    </FormDialog>
  );
}

/** Changes in words, under the names of their sections. */
export function ChangesList({ changes }: { changes: readonly SectionChanges[] }) {
  return changes.map(({ section, label, changes: texts }) => (
    <Box key={section} component="section" aria-label={label} sx={{ mb: 1 }}>
      <Typography variant="h3" component="h3">
        {label}
      </Typography>
      <Box component="ul" sx={{ m: 0, pl: 2.5, fontSize: 13, lineHeight: '20px' }}>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </Box>
    </Box>
  ));
}
