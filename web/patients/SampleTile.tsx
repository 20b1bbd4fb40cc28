import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { Link as RouterLink } from 'react-router';
import { useReprocessSample } from '../api/mutations.ts';
import type { SampleRow } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { countOf } from '../ui/format.ts';
import { ReviewChip } from '../ui/ReviewChip.tsx';
import { StatusChip } from '../ui/StatusChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { Thumbnail } from './Thumbnail.tsx';

/** One image: thumbnail, how far the machine is, its cells, how far the reader is. */
export function SampleTile({ sample }: { sample: SampleRow }) {
  const { jobId, originalFilename, inferenceStatus, cellCount } = sample;
  const isFailed = inferenceStatus === 'failed';
  return (
    <Box
      component="li"
      sx={{
        position: 'relative',
        display: 'flex',
        flexDirection: 'column',
        minWidth: 0,
        border: 1,
        borderColor: isFailed ? 'error.main' : 'divider',
        borderRadius: 1,
        overflow: 'hidden',
        '&:hover': { borderColor: isFailed ? 'error.main' : '#9fb0b8' },
        '&:focus-within': { borderColor: 'primary.main' },
      }}
    >
      <Thumbnail sample={sample} />
      <Box sx={{ p: 1, display: 'grid', gap: 0.5, minWidth: 0 }}>
        <Truncated text={originalFilename}>
          <Box
            component={RouterLink}
            to={`/samples/${jobId}`}
            sx={{
              color: 'text.primary',
              fontWeight: 550,
              textDecoration: 'none',
              '&::after': { content: '""', position: 'absolute', inset: 0 },
            }}
          >
            {originalFilename}
          </Box>
        </Truncated>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 0.5, minHeight: 22 }}>
          {inferenceStatus === 'completed' ? (
            <>
              <ReviewChip status={sample.reviewStatus} />
              <Box component="span" sx={{ ml: 'auto', fontSize: 12, color: 'text.secondary' }}>
                {cellCount === null ? '' : countOf(cellCount, 'cell')}
              </Box>
            </>
          ) : (
            <StatusChip status={inferenceStatus} />
          )}
        </Box>
        {isFailed && <FailureOf sample={sample} />}
      </Box>
    </Box>
  );
}

function FailureOf({ sample }: { sample: SampleRow }) {
  const mayRetry = useUser().role !== 'ANNOTATOR';
  const reprocess = useReprocessSample();
  return (
    <>
      <Box sx={{ fontSize: 12, lineHeight: '16px', overflowWrap: 'anywhere' }}>
        {reprocess.error ? reprocess.error.message : (sample.error ?? 'No reason was given.')}
      </Box>
      {mayRetry && (
        <Box sx={{ position: 'relative', zIndex: 1, ml: -1 }}>
          <Button
            startIcon={<Refresh />}
            loading={reprocess.isPending}
            loadingPosition="start"
            aria-label={`Process ${sample.originalFilename} again`}
            onClick={() => reprocess.mutate({ params: { jobId: sample.jobId } })}
          >
            Try again
          </Button>
        </Box>
      )}
    </>
  );
}
