import TextField from '@mui/material/TextField';

interface DayFieldProps {
  label: string;
  /** YYYY-MM-DD; left out where the field itself keeps it. */
  value?: string;
  onChange: (day: string) => void;
}

export function DayField({ label, value, onChange }: DayFieldProps) {
  return (
    <TextField
      label={label}
      type="date"
      fullWidth={false}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ inputLabel: { shrink: true } }}
      sx={{ width: 150, '& .MuiInputBase-root': { height: 32 } }}
    />
  );
}
