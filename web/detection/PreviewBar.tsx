import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';

interface PreviewBarProps {
  /** Cells of this field that the reader looked at or added. */
  reviewed: number;
  /** The parameters were applied: the cells come back stored. */
  isApplied: boolean;
  onCancel: () => void;
}

/** Stands where a field is closed otherwise: what is shown cannot be counted or changed. */
export function PreviewBar({ reviewed, isApplied, onCancel }: PreviewBarProps) {
  return (
    <Stack
      component="section"
      aria-label="Preview"
      direction="row"
      sx={{
        alignItems: 'center',
        flexWrap: 'wrap',
        columnGap: 1,
        px: 2,
        py: 0.75,
        minHeight: 57,
        bgcolor: 'warning.light',
        borderTop: 1,
        borderColor: 'divider',
      }}
    >
      <Typography variant="body2" sx={{ flex: '1 1 280px' }}>
        <strong>
          {isApplied
            ? 'These parameters are being applied to the image.'
            : 'Preview: these cells are not saved.'}
        </strong>
        {reviewed > 0 && ` ${cellsOf(reviewed)} on the image, unchanged.`}
      </Typography>
      <Button variant="outlined" disabled={isApplied} onClick={onCancel}>
        Back to the stored cells
      </Button>
    </Stack>
  );
}

const cellsOf = (count: number) =>
  count === 1 ? 'The cell you looked at stays' : `The ${count} cells you looked at stay`;
