import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../ui/FormDialog.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { namesShown, type Outcome, type RecordAct } from './record-acts.ts';

interface ActDialogProps {
  act: RecordAct;
  /** How many of what, such as "3 images". */
  what: string;
  rows: readonly { id: string; name: string }[];
  onClose: () => void;
}

/** Says what an act does to which rows before it is done, and afterwards which were refused and why. */
export function ActDialog({ act, what, rows, onClose }: ActDialogProps) {
  const [choice, setChoice] = useState(act.choice?.options[0]?.value ?? '');
  const acting = useMutation({
    mutationFn: () =>
      act.run(
        rows.map(({ id }) => id),
        choice,
      ),
    onSuccess: ({ refused }) => {
      if (refused.length === 0) onClose();
    },
  });
  if (acting.data && acting.data.refused.length > 0) {
    return <RefusedDialog outcome={acting.data} rows={rows} onClose={onClose} />;
  }
  return (
    <FormDialog
      title={act.title(what)}
      submitLabel={act.submitLabel}
      isDestructive={act.isDestructive}
      isSaving={acting.isPending}
      failure={acting.error ?? undefined}
      onSubmit={(event) => {
        event.preventDefault();
        acting.mutate();
      }}
      onClose={onClose}
    >
      <Typography sx={{ gridColumn: '1 / -1' }}>{act.text}</Typography>
      <Box component="ul" aria-label="Concerned" sx={{ gridColumn: '1 / -1', m: 0, pl: 2.5 }}>
        {namesShown(rows.map(({ name }) => name)).map((name, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names may be alike, and the list never changes
          <li key={at} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </li>
        ))}
      </Box>
      {act.choice && (
        <SelectField
          {...act.choice}
          value={choice}
          onChange={({ target }) => setChoice(target.value)}
          sx={{ gridColumn: '1 / -1' }}
        />
      )}
    </FormDialog>
  );
}

function RefusedDialog({
  outcome: { done, refused },
  rows,
  onClose,
}: Pick<ActDialogProps, 'rows' | 'onClose'> & { outcome: Outcome }) {
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (
    <Dialog open fullWidth maxWidth="sm" aria-labelledby="refused-title" onClose={onClose}>
      <DialogTitle id="refused-title">
        {done.length} of {rows.length} done
      </DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 1 }}>
        {refused.map(({ id, detail }) => (
          <Alert key={id} severity="warning" variant="outlined">
            <strong>{names.get(id) ?? id}</strong>: {detail}
          </Alert>
        ))}
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
