import Box from '@mui/material/Box';
import type { WorklistItem } from '../api/queries.ts';
import { readFields } from './worklist.ts';

/** How many fields of a lavage are read, as a bar and in numbers. */
export function ReadingProgress({ item }: { item: WorklistItem }) {
  const { done, total } = readFields(item);
  if (total === 0) return <>–</>;
  const share = (count: number) => `${(100 * count) / total}%`;
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
      <Box
        aria-hidden
        sx={{
          display: 'flex',
          width: 72,
          height: 6,
          borderRadius: 3,
          overflow: 'hidden',
          bgcolor: 'divider',
        }}
      >
        <Box sx={{ width: share(done), bgcolor: 'success.main' }} />
        <Box sx={{ width: share(item.fields.partly), bgcolor: '#d9a441' }} />
      </Box>
      <span className="tabular" style={{ whiteSpace: 'nowrap' }}>
        {done} of {total}
      </span>
    </Box>
  );
}
