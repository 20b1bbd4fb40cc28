import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import TextField, { type TextFieldProps } from '@mui/material/TextField';
import { useState } from 'react';
import { SelectField } from '../ui/SelectField.tsx';
import { useSettingsForm } from './form-context.ts';

/** What is wrong at a place. What is only empty is said after leaving it or trying to save. */
export function useFault(path: string, isTouched: boolean): string | undefined {
  const { faults, isTried } = useSettingsForm();
  return isTried || isTouched ? faults.get(path) : undefined;
}

interface FieldProps extends Omit<TextFieldProps, 'value' | 'onChange' | 'label' | 'select'> {
  /** Place in the form, to show what is wrong there. */
  path: string;
  label: string;
  /** In tables the column says what it is: the label is for screen readers only. */
  isLabelShown?: boolean;
  value: string;
  onChange: (value: string) => void;
}

/** One line of text, or a number that is still being typed. */
export function TextSetting({
  path,
  label,
  isLabelShown = false,
  value,
  onChange,
  helperText,
  ...props
}: FieldProps) {
  const [isLeft, setLeft] = useState(false);
  const fault = useFault(path, isLeft || value.trim() !== '');
  const { htmlInput, ...slotProps } = (props.slotProps ?? {}) as { htmlInput?: object };
  return (
    <TextField
      {...props}
      label={isLabelShown ? label : undefined}
      title={isLabelShown ? undefined : value}
      autoComplete="off"
      value={value}
      onChange={({ target }) => onChange(target.value)}
      onBlur={() => setLeft(true)}
      error={fault !== undefined}
      helperText={fault ?? helperText}
      sx={isLabelShown ? props.sx : { ...COMPACT, ...props.sx }}
      slotProps={{
        ...slotProps,
        htmlInput: { ...htmlInput, ...(isLabelShown ? {} : { 'aria-label': label }) },
      }}
    />
  );
}

/** A share or another number, with its unit behind it. */
export function NumberSetting({ slotProps, ...props }: FieldProps) {
  return (
    <TextSetting
      {...props}
      slotProps={{
        ...slotProps,
        htmlInput: {
          inputMode: 'decimal',
          style: { textAlign: 'right', fontVariantNumeric: 'tabular-nums' },
        },
      }}
    />
  );
}

interface ChoiceProps extends Omit<FieldProps, 'onChange'> {
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

/** A choice from a short list. A value that is no longer offered stays to be seen. */
export function ChoiceSetting({
  path,
  label,
  isLabelShown = false,
  value,
  options,
  onChange,
  ...props
}: ChoiceProps) {
  const fault = useFault(path, value !== '');
  const isOffered = options.some((option) => option.value === value);
  return (
    <SelectField
      {...props}
      label={isLabelShown ? label : undefined}
      aria-label={isLabelShown ? undefined : label}
      value={value}
      options={isOffered ? options : [{ value, label: value || 'Choose…' }, ...options]}
      onChange={({ target }) => onChange(target.value)}
      error={fault !== undefined}
      helperText={fault ?? props.helperText}
      sx={isLabelShown ? props.sx : { ...COMPACT, ...props.sx }}
    />
  );
}

interface TickProps {
  path: string;
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A box to tick in a table. */
export function TickSetting({ path, label, checked, onChange }: TickProps) {
  const fault = useFault(path, true);
  return (
    <>
      <Checkbox
        size="small"
        sx={{ p: 0.5, ...(fault && { color: 'error.main' }) }}
        checked={checked}
        onChange={({ target }) => onChange(target.checked)}
        slotProps={{ input: { 'aria-label': label, 'aria-invalid': fault !== undefined } }}
      />
      {fault && (
        <Box
          component="span"
          role="alert"
          sx={{ display: 'block', fontSize: 12, lineHeight: '16px', color: 'error.main' }}
        >
          {fault}
        </Box>
      )}
    </>
  );
}

const COMPACT = {
  '& .MuiInputBase-input': { py: 0.625, px: 1, fontSize: 13 },
  '& .MuiFormHelperText-root': { m: 0, mt: 0.25, lineHeight: '16px' },
} as const;
