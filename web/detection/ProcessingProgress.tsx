import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';

interface ProcessingProgressProps {
  fields: readonly { inferenceStatus: string }[];
}

/** How many fields of the lavage still wait or are being processed; nothing when none is. */
export function ProcessingProgress({ fields }: ProcessingProgressProps) {
  const busy = fields.filter(({ inferenceStatus }) => ['pending', 'processing'].includes(inferenceStatus));
  if (busy.length === 0) return null;
  const done = fields.length - busy.length;
  return (
    <Stack role="status" spacing={0.5}>
      <Typography variant="body2" className="tabular">
        Processing this lavage: {done} of {fields.length} fields done
      </Typography>
      <LinearProgress
        variant="determinate"
        value={(100 * done) / fields.length}
        aria-label="Fields of this lavage that are processed"
      />
    </Stack>
  );
}
