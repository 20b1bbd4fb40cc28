import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import { useId, useState } from 'react';
import { useReprocessSample } from '../api/mutations.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { countOf } from '../ui/format.ts';
import type { ParameterValues } from './detection-messages.ts';
import { useReprocessLavage } from './detection-queries.ts';

interface ApplyActionsProps {
  jobId: string;
  lavageId: string;
  /** Fields of the lavage. */
  fieldCount: number;
  values: ParameterValues;
  /** Whether they differ from those of the stored run. */
  isChanged: boolean;
  disabled: boolean;
  /** Saves what is open first; false when that failed. */
  beforeApply: () => Promise<boolean>;
  onApplied: () => void;
  /** Back to the stored cells. */
  onCancel: () => void;
}

/** Stores the cells: for this image, or for every field of the lavage. */
export function ApplyActions(props: ApplyActionsProps) {
  const { jobId, lavageId, fieldCount, values, isChanged, disabled, beforeApply, onApplied, onCancel } =
    props;
  const [isAsking, setAsking] = useState(false);
  const sample = useReprocessSample();
  const lavage = useReprocessLavage();
  const busy = disabled || sample.isPending || lavage.isPending;
  const body = { parameters: { ...values }, engine: 'tree' } as const;
  const applyToSample = async () => {
    if (await beforeApply()) sample.mutate({ params: { jobId }, body }, { onSuccess: onApplied });
  };
  const applyToLavage = async () => {
    setAsking(false);
    if (await beforeApply()) lavage.mutate({ params: { id: lavageId }, body }, { onSuccess: onApplied });
  };
  const error = sample.error ?? lavage.error;
  return (
    <>
      {error && <ErrorNotice title="The parameters were not applied." error={error} />}
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
        <Button variant="contained" disabled={busy || !isChanged} onClick={() => void applyToSample()}>
          Apply to this image
        </Button>
        <Button variant="outlined" disabled={busy} onClick={() => setAsking(true)}>
          Apply to this lavage…
        </Button>
        <Button disabled={busy || !isChanged} onClick={onCancel}>
          Cancel
        </Button>
      </Stack>
      {isAsking && (
        <ConfirmLavage
          fieldCount={fieldCount}
          onConfirm={() => void applyToLavage()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface ConfirmLavageProps {
  fieldCount: number;
  onConfirm: () => void;
  onClose: () => void;
}

function ConfirmLavage({ fieldCount, onConfirm, onClose }: ConfirmLavageProps) {
  const titleId = useId();
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs">
      <DialogTitle id={titleId}>Find the cells of the whole lavage again?</DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ fontSize: 14 }}>
          {countOf(fieldCount, 'field')} will be processed with these parameters. Cells that somebody looked
          at stay as they are, and fields marked complete keep the cells they were completed with.
        </DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} color="inherit">
          Cancel
        </Button>
        <Button variant="contained" onClick={onConfirm} autoFocus>
          Process {countOf(fieldCount, 'field')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
