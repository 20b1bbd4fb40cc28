import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { Upload } from '../uploads/upload-queue.ts';
import { UploadRow } from './UploadRow.tsx';

interface UploadListProps {
  uploads: readonly Upload[];
  onClearFinished: () => void;
}

export function UploadList({ uploads, onClearFinished }: UploadListProps) {
  if (uploads.length === 0) return null;
  const open = uploads.filter(({ state }) => state === 'waiting' || state === 'sending').length;
  const finished = uploads.filter(({ state }) => state === 'stored' || state === 'duplicate').length;
  const troubled = uploads.filter(({ state }) => state === 'refused' || state === 'failed').length;
  return (
    <Box>
      <Box sx={{ display: 'flex', alignItems: 'center', minHeight: 32 }}>
        <Box role="status" sx={{ flex: 1, fontWeight: 550 }}>
          {finished} of {uploads.length} uploaded
          {troubled > 0 && `, ${troubled} not taken`}
        </Box>
        {finished > 0 && open === 0 && <Button onClick={onClearFinished}>Clear finished</Button>}
      </Box>
      <Box
        component="ul"
        aria-label="Uploads"
        sx={{ m: 0, p: 0, listStyle: 'none', maxHeight: 360, overflowY: 'auto' }}
      >
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </Box>
    </Box>
  );
}
