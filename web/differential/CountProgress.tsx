import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { Differential } from './differential.ts';
import type { ShareFormat } from './share-format.ts';

/** How far the count is: cells against the target, fields read, cells still without a name. */
export function CountProgress({ differential, format }: { differential: Differential; format: ShareFormat }) {
  const { immuneCount, countTarget, cellsStillNeeded, fields, unclassifiedCount } = differential;
  const percent = Math.min(100, (100 * immuneCount) / countTarget);
  return (
    <Stack component="section" aria-label="Progress of the count" spacing={0.5}>
      <Stack direction="row" sx={{ justifyContent: 'space-between', alignItems: 'baseline' }}>
        <Typography variant="body2">
          <strong>{format.count(immuneCount)}</strong> of {format.count(countTarget)} immune cells
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {remaining(differential, format)}
        </Typography>
      </Stack>
      <LinearProgress
        variant="determinate"
        value={percent}
        color={cellsStillNeeded === 0 ? 'success' : 'primary'}
        aria-label={`${format.count(immuneCount)} of ${format.count(countTarget)} immune cells counted`}
        sx={{ height: 6, borderRadius: 3 }}
      />
      <Typography variant="caption" color="textSecondary">
        Fields: {fields.complete} of {fields.total} complete
        {fields.excluded > 0 && `, ${fields.excluded} excluded`}
        {fields.unread > 0 && `, ${fields.unread} still open`}
        {unclassifiedCount > 0 && ` · ${format.count(unclassifiedCount)} cells to name`}
      </Typography>
    </Stack>
  );
}

function remaining(
  { immuneCount, countTarget, cellsStillNeeded }: Differential,
  format: ShareFormat,
): string {
  if (cellsStillNeeded > 0) return `${format.count(cellsStillNeeded)} to go`;
  if (immuneCount > countTarget) return `${format.count(immuneCount - countTarget)} beyond the target`;
  return 'target reached';
}
