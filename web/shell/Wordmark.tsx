import Box from '@mui/material/Box';

/** The name beside its mark, a macrophage. */
export function Wordmark({ size = 22 }: { size?: number }) {
  return (
    <Box
      component="span"
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 1, color: 'primary.main' }}
    >
      <img src="/favicon.svg" alt="" width={size} height={size} />
      <Box
        component="span"
        sx={{
          fontWeight: 650,
          fontSize: Math.round(size * 0.72),
          letterSpacing: '-0.01em',
          color: 'text.primary',
        }}
      >
        BALscope
      </Box>
    </Box>
  );
}
