import Box from '@mui/material/Box';
import { type Theme, useTheme } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { ReactNode } from 'react';
import { TOP_BAR_HEIGHT_PX } from '../shell/TopBar.tsx';

interface WorkspaceGridProps {
  header: ReactNode;
  /** Left of the image; on narrow screens the panel shows it. */
  cells: ReactNode;
  image: ReactNode;
  panel: ReactNode;
  /** Narrow screens only: the panel gives its room to the image. */
  panelCollapsed?: boolean;
}

const SIDE = { bgcolor: 'background.paper', minHeight: 0, overflow: 'auto' } as const;

/** Whether cells, image and panel fit beside each other. */
export function useIsWide(): boolean {
  return useMediaQuery(useTheme().breakpoints.up('lg'));
}

/** Fills the window: the image takes the room that the others leave. */
export function WorkspaceGrid({ header, cells, image, panel, panelCollapsed = false }: WorkspaceGridProps) {
  const isWide = useIsWide();
  return (
    <Box
      sx={{
        height: `calc(100dvh - ${TOP_BAR_HEIGHT_PX}px)`,
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: '264px minmax(0, 1fr) 424px' },
        gridTemplateRows: {
          xs: `auto minmax(320px, 1fr) ${panelCollapsed ? 'auto' : 'minmax(200px, 38%)'}`,
          lg: 'auto minmax(0, 1fr)',
        },
      }}
    >
      <Box sx={{ gridColumn: '1 / -1', minWidth: 0 }}>{header}</Box>
      {isWide && (
        <Box component="aside" aria-label="Cells" sx={{ ...SIDE, ...edge('Right'), px: 1, py: 1.5 }}>
          {cells}
        </Box>
      )}
      <Box sx={{ display: 'flex', flexDirection: 'column', minWidth: 0, minHeight: 0 }}>{image}</Box>
      <Box
        component="aside"
        aria-label="Reading"
        sx={{ ...SIDE, ...edge(isWide ? 'Left' : 'Top'), overflow: 'hidden' }}
      >
        {panel}
      </Box>
    </Box>
  );
}

const edge = (side: 'Left' | 'Right' | 'Top') => ({
  [`border${side}`]: 1,
  borderColor: (theme: Theme) => theme.palette.divider,
});
