import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { countOf } from '../ui/format.ts';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useCleanupStuckSamples, useProcessWaiting } from './processing-queries.ts';

/** The page's title with what can be done about the whole queue, and what came of it. */
export function ProcessingHeader() {
  const process = useProcessWaiting();
  const cleanup = useCleanupStuckSamples();
  const failure = process.error ?? cleanup.error;
  const news = process.data ? newsOfProcessing(process.data) : cleanup.data && newsOfCleanup(cleanup.data);
  const forget = () => {
    process.reset();
    cleanup.reset();
  };
  return (
    <>
      <PageHeader
        title="Processing"
        subtitle="Queue, workers and services, as they are now"
        actions={
          <>
            <Button
              variant="outlined"
              loading={cleanup.isPending}
              onClick={() => {
                forget();
                cleanup.mutate({});
              }}
            >
              Put back stuck images
            </Button>
            <Button
              variant="outlined"
              loading={process.isPending}
              onClick={() => {
                forget();
                process.mutate({});
              }}
            >
              Process what waits
            </Button>
          </>
        }
      />
      <Box role="status" sx={{ '&:not(:empty)': { mb: 2 } }}>
        {news && (
          <Alert
            severity={news.isGood ? 'success' : 'warning'}
            variant="outlined"
            sx={{ bgcolor: 'background.paper', color: 'text.primary' }}
            onClose={forget}
          >
            {news.text}
          </Alert>
        )}
      </Box>
      {failure && (
        <Box sx={{ mb: 2 }}>
          <ErrorNotice title="That did not work." error={failure} />
        </Box>
      )}
    </>
  );
}

interface News {
  text: string;
  isGood: boolean;
}

function newsOfProcessing({
  putBack,
  taken,
  waiting,
  workersAlive,
}: NonNullable<ReturnType<typeof useProcessWaiting>['data']>): News {
  const found =
    putBack.length > 0 ? ` ${countOf(putBack.length, 'image')} had lost their job and got one.` : '';
  if (workersAlive === 0) {
    return {
      text: `No worker runs, so nothing is processed.${found} Start one with “npm run worker”.`,
      isGood: false,
    };
  }
  if (taken === 0 && waiting === 0) return { text: `Nothing waits.${found}`, isGood: true };
  const left = waiting > 0 ? ` ${countOf(waiting, 'image')} still ${waiting === 1 ? 'waits' : 'wait'}.` : '';
  return { text: `The workers have begun ${countOf(taken, 'image')}.${left}${found}`, isGood: true };
}

function newsOfCleanup({
  putBack,
  failed,
  more,
}: NonNullable<ReturnType<typeof useCleanupStuckSamples>['data']>): News {
  if (putBack.length + failed.length === 0) return { text: 'No image is stuck.', isGood: true };
  const givenUp =
    failed.length > 0 ? ` ${countOf(failed.length, 'image')} had been interrupted too often and failed.` : '';
  const again = more ? ' There may be more: do it again.' : '';
  return { text: `${countOf(putBack.length, 'image')} put back.${givenUp}${again}`, isGood: true };
}
