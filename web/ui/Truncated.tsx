import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import { type ReactNode, useState } from 'react';

/** One line that ends in "…" where it does not fit; the tooltip then tells all of it. */
export function Truncated({ text, children }: { text: string; children?: ReactNode }) {
  const [isCut, setIsCut] = useState(false);
  return (
    <Tooltip title={isCut ? text : ''}>
      <Box
        component="span"
        onPointerEnter={({ currentTarget }) =>
          setIsCut(currentTarget.scrollWidth > currentTarget.clientWidth)
        }
        sx={{
          display: 'block',
          minWidth: 0,
          maxWidth: '100%',
          overflow: 'hidden',
          textOverflow: 'ellipsis',
          whiteSpace: 'nowrap',
        }}
      >
        {children ?? text}
      </Box>
    </Tooltip>
  );
}
