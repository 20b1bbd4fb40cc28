import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';

interface Figure {
  name: string;
  /** Undefined while loading. */
  value: number | string | undefined;
  isBad?: boolean;
}

/** A few numbers in one line. */
export function Figures({ label, figures }: { label: string; figures: readonly Figure[] }) {
  return (
    <Paper
      variant="outlined"
      component="dl"
      aria-label={label}
      sx={{ m: 0, display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(110px, 1fr))' }}
    >
      {figures.map(({ name, value, isBad }) => (
        <Box
          key={name}
          sx={{ px: 2, py: 1.25, '& + &': { borderLeft: 1, borderColor: 'divider' }, display: 'grid' }}
        >
          <Box component="dt" sx={{ fontSize: 12, color: 'text.secondary' }}>
            {name}
          </Box>
          <Box
            component="dd"
            sx={{
              m: 0,
              fontSize: 20,
              lineHeight: '28px',
              fontWeight: 600,
              color: isBad ? 'error.main' : undefined,
            }}
          >
            {value === undefined ? (
              <Skeleton width={40} />
            ) : typeof value === 'number' ? (
              value.toLocaleString('en')
            ) : (
              value
            )}
          </Box>
        </Box>
      ))}
    </Paper>
  );
}
