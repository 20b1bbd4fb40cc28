import Skeleton from '@mui/material/Skeleton';
import Stack from '@mui/material/Stack';
import { WorkspaceGrid } from './WorkspaceGrid.tsx';

/** The sample page's outline, of the size that everything will have. */
export function SamplePageSkeleton() {
  return (
    <WorkspaceGrid
      header={
        <Stack
          sx={{
            px: 2,
            py: 1,
            minHeight: 56,
            bgcolor: 'background.paper',
            borderBottom: 1,
            borderColor: 'divider',
          }}
        >
          <Skeleton width={180} height={20} />
          <Skeleton width={280} height={16} />
        </Stack>
      }
      cells={<Skeleton variant="rounded" height={480} />}
      image={<Skeleton variant="rectangular" sx={{ flex: 1, height: 'auto' }} />}
      panel={
        <Stack spacing={2} sx={{ p: 2 }}>
          <Skeleton height={28} />
          <Skeleton variant="rounded" height={280} />
          <Skeleton variant="rounded" height={160} />
        </Stack>
      }
    />
  );
}
