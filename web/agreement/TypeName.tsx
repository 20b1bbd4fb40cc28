import Box from '@mui/material/Box';
import { Truncated } from '../ui/Truncated.tsx';

/** A cell type with its colour; what the laboratory does not list has none. */
export function TypeName({ name, color }: { name: string; color: string | undefined }) {
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75, minWidth: 0 }}>
      <Box
        aria-hidden
        sx={{ width: 10, height: 10, flexShrink: 0, borderRadius: '2px', bgcolor: color ?? '#808080' }}
      />
      <Truncated text={name} />
    </Box>
  );
}
