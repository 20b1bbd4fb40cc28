import Box from '@mui/material/Box';

/** Text for screen readers only, said when it changes. */
export function SpokenText({ children }: { children: string }) {
  return (
    <Box
      component="span"
      role="status"
      aria-live="polite"
      sx={{
        position: 'absolute',
        width: '1px',
        height: '1px',
        overflow: 'hidden',
        clipPath: 'inset(50%)',
        whiteSpace: 'nowrap',
      }}
    >
      {children}
    </Box>
  );
}
