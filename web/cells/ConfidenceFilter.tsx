import Slider from '@mui/material/Slider';
import Stack from '@mui/material/Stack';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { confidenceText } from './cell-wording.ts';

interface ConfidenceFilterProps {
  /** 0–1. */
  value: number;
  onChange: (value: number) => void;
}

/** Hides what the machine is less sure of; what a reader looked at always shows, and nothing is left uncounted. */
export function ConfidenceFilter({ value, onChange }: ConfidenceFilterProps) {
  return (
    <Tooltip title="Hides the machine's cells below this confidence. They stay in the count.">
      <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', width: 216 }}>
        <Typography variant="caption" color="textSecondary" sx={{ whiteSpace: 'nowrap' }}>
          Confidence from
        </Typography>
        <Slider
          size="small"
          aria-label="Least confidence shown"
          min={0}
          max={1}
          step={0.05}
          value={value}
          getAriaValueText={confidenceText}
          onChange={(_, next) => onChange(next as number)}
        />
        <Typography variant="caption" sx={{ width: 36, flexShrink: 0, textAlign: 'right' }}>
          {confidenceText(value)}
        </Typography>
      </Stack>
    </Tooltip>
  );
}
