import OutlinedInput from '@mui/material/OutlinedInput';
import { useState } from 'react';

interface NumberFieldProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  disabled: boolean;
  onChange: (value: number) => void;
}

/** A number typed by hand: taken over as soon as it is one in range, put back on leaving when it is not. */
export function NumberField({ label, value, min, max, step, disabled, onChange }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && numberIn(typed, min, max) === undefined;
  return (
    <OutlinedInput
      size="small"
      type="number"
      value={typed ?? value}
      disabled={disabled}
      error={isWrong}
      title={isWrong ? `From ${min} to ${max}` : undefined}
      inputProps={{ 'aria-label': label, min, max, step }}
      onChange={({ target }) => {
        setTyped(target.value);
        const number = numberIn(target.value, min, max);
        if (number !== undefined) onChange(number);
      }}
      onBlur={() => setTyped(null)}
      sx={{
        '& input': {
          px: 0.75,
          py: 0.5,
          fontSize: 13,
          textAlign: 'right',
          fontVariantNumeric: 'tabular-nums',
          MozAppearance: 'textfield',
        },
        '& input::-webkit-inner-spin-button': { display: 'none' },
      }}
    />
  );
}

function numberIn(text: string, min: number, max: number): number | undefined {
  const number = Number(text);
  return text.trim() !== '' && number >= min && number <= max ? number : undefined;
}
