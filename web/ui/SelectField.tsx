import TextField, { type TextFieldProps } from '@mui/material/TextField';

interface SelectFieldProps extends Omit<TextFieldProps, 'select' | 'slotProps' | 'children'> {
  options: readonly { value: string; label: string }[];
}

/** A choice from a short list: the system's own control, which the keyboard knows best. */
export function SelectField({ options, 'aria-label': name, ...props }: SelectFieldProps) {
  return (
    <TextField
      {...props}
      select
      slotProps={{
        select: { native: true },
        inputLabel: { shrink: true },
        htmlInput: { 'aria-label': name },
      }}
    >
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </TextField>
  );
}
