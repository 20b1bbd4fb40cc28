import Box from '@mui/material/Box';

/** Why an image failed, in three lines at most; the image's page tells all of it. */
export function Reason({ text }: { text: string }) {
  return (
    <Box
      title={text}
      sx={{
        overflowWrap: 'anywhere',
        overflow: 'hidden',
        display: '-webkit-box',
        WebkitBoxOrient: 'vertical',
        WebkitLineClamp: 3,
      }}
    >
      {text}
    </Box>
  );
}
