import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Skeleton from '@mui/material/Skeleton';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { UseQueryResult } from '@tanstack/react-query';
import { useReprocessSample } from '../api/mutations.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import type { SampleCells } from './open-sample.ts';
import { type Sample, useProgress } from './sample-queries.ts';

interface SampleNotOpenProps {
  sample: Sample;
  cells: UseQueryResult<SampleCells>;
  canReprocess: boolean;
}

/** What stands in the image's place while there is nothing to read. */
export function SampleNotOpen({ sample, cells, canReprocess }: SampleNotOpenProps) {
  if (cells.isError) {
    return (
      <ErrorNotice
        title="The cells could not be loaded."
        error={cells.error}
        onRetry={() => void cells.refetch()}
      />
    );
  }
  if (sample.inferenceStatus === 'completed') {
    return <Skeleton variant="rectangular" sx={{ flex: 1, height: 'auto' }} />;
  }
  return <SampleWaiting sample={sample} canReprocess={canReprocess} />;
}

/** Beside it, in the cells' place. */
export function NoCellsYet({ sample }: { sample: Sample }) {
  if (sample.inferenceStatus === 'completed') return <Skeleton variant="rounded" height={480} />;
  return (
    <Typography variant="body2" color="textSecondary" sx={{ px: 1 }}>
      {sample.inferenceStatus === 'failed'
        ? 'No cells were found.'
        : 'The cells stand here once they are found.'}
    </Typography>
  );
}

/** The image was processed again while somebody works on the cells of the run before. */
export function NewCellsNotice({ onTake }: { onTake: () => void }) {
  return (
    <Alert
      severity="info"
      variant="outlined"
      sx={{ borderRadius: 0 }}
      action={
        <Button variant="outlined" onClick={onTake}>
          Show the new cells
        </Button>
      }
    >
      This image was processed again. You still see the cells found before; your changes to them are saved.
    </Alert>
  );
}

/** An image that is not ready to read: what is happening, or why it failed and what to do. */
function SampleWaiting({ sample, canReprocess }: { sample: Sample; canReprocess: boolean }) {
  const progress = useProgress(sample.jobId);
  return (
    <Stack sx={{ flex: 1, justifyContent: 'center', minHeight: 320 }} role="status">
      {sample.inferenceStatus === 'failed' ? (
        <Failed sample={sample} canReprocess={canReprocess} />
      ) : (
        <EmptyState
          title={sample.inferenceStatus === 'pending' ? 'Waiting to be processed' : 'Finding the cells'}
          action={
            <LinearProgress
              aria-label="Share of the image that is processed"
              variant={progress === null ? 'indeterminate' : 'determinate'}
              value={100 * (progress ?? 0)}
              sx={{ width: 240, mx: 'auto' }}
            />
          }
        >
          {sample.inferenceStatus === 'pending'
            ? 'The image is stored and in the queue. It opens here by itself once its cells are found.'
            : progress === null
              ? 'This takes a few seconds. The image opens here by itself.'
              : `${Math.round(100 * progress)}\u202f% of this large image is done. It opens here by itself.`}
          {sample.attempts > 1 && ` Attempt ${sample.attempts}.`}
        </EmptyState>
      )}
    </Stack>
  );
}

function Failed({ sample, canReprocess }: { sample: Sample; canReprocess: boolean }) {
  const reprocess = useReprocessSample();
  return (
    <EmptyState
      title="This image could not be processed"
      action={
        canReprocess && (
          <Button
            variant="contained"
            disabled={reprocess.isPending}
            onClick={() => reprocess.mutate({ params: { jobId: sample.jobId } })}
          >
            Process again
          </Button>
        )
      }
    >
      {sample.error ?? 'No reason was given.'}
      {!canReprocess && (
        <Typography variant="body2" component="span">
          {' '}
          Its uploader or who reads it can have it processed again.
        </Typography>
      )}
      {reprocess.isError && (
        <ErrorNotice title="It was not put back into the queue." error={reprocess.error} />
      )}
    </EmptyState>
  );
}
