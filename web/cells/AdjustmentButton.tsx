import TuneOutlined from '@mui/icons-material/TuneOutlined';
import Button from '@mui/material/Button';
import Popover from '@mui/material/Popover';
import Slider from '@mui/material/Slider';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';
import { ToolButton } from '../ui/ToolButton.tsx';
import { type ImageAdjustment, isNeutral, NO_ADJUSTMENT } from '../viewer/image-adjustment.ts';

interface AdjustmentButtonProps {
  adjustment: ImageAdjustment;
  onChange: (adjustment: ImageAdjustment) => void;
}

/** Brightness, contrast and gamma of the shown image; the stored one never changes. */
export function AdjustmentButton({ adjustment, onChange }: AdjustmentButtonProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <ToolButton
        label="Brightness, contrast, gamma"
        pressed={!isNeutral(adjustment)}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <TuneOutlined />
      </ToolButton>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}
        slotProps={{ paper: { variant: 'outlined', sx: { p: 2, width: 280 } } }}
      >
        <Stack spacing={1}>
          <AdjustmentSlider
            label="Brightness"
            min={-0.5}
            max={0.5}
            value={adjustment.brightness}
            onChange={(brightness) => onChange({ ...adjustment, brightness })}
          />
          <AdjustmentSlider
            label="Contrast"
            min={-0.8}
            max={0.8}
            value={adjustment.contrast}
            onChange={(contrast) => onChange({ ...adjustment, contrast })}
          />
          <AdjustmentSlider
            label="Gamma"
            min={0.4}
            max={2.5}
            value={adjustment.gamma}
            onChange={(gamma) => onChange({ ...adjustment, gamma })}
          />
          <Stack direction="row" sx={{ justifyContent: 'space-between', alignItems: 'center' }}>
            <Typography variant="caption" color="textSecondary">
              Only on this screen
            </Typography>
            <Button onClick={() => onChange(NO_ADJUSTMENT)}>Reset</Button>
          </Stack>
        </Stack>
      </Popover>
    </>
  );
}

interface AdjustmentSliderProps {
  label: string;
  min: number;
  max: number;
  value: number;
  onChange: (value: number) => void;
}

function AdjustmentSlider({ label, min, max, value, onChange }: AdjustmentSliderProps) {
  const labelId = useId();
  return (
    <Stack direction="row" spacing={2} sx={{ alignItems: 'center' }}>
      <Typography id={labelId} variant="body2" sx={{ width: 72 }}>
        {label}
      </Typography>
      <Slider
        size="small"
        aria-labelledby={labelId}
        min={min}
        max={max}
        step={0.05}
        value={value}
        onChange={(_, next) => onChange(next as number)}
      />
      <Typography variant="body2" sx={{ width: 40, textAlign: 'right' }}>
        {value.toFixed(2)}
      </Typography>
    </Stack>
  );
}
