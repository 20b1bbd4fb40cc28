import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { useReprocessSample } from '../api/mutations.ts';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { type ProcessingStatus, useReprocessFailed } from './processing-queries.ts';
import { Reason } from './Reason.tsx';

type LastError = ProcessingStatus['lastErrors'][number];

interface LastErrorsProps {
  /** Undefined while loading. */
  errors: readonly LastError[] | undefined;
  /** How many images failed, these among them. */
  failed: number;
}

/** The images that failed last, each with its reason and another try. */
export function LastErrors({ errors, failed }: LastErrorsProps) {
  const [isAsking, setIsAsking] = useState(false);
  const more = failed - (errors?.length ?? 0);
  return (
    <Panel
      title="Last errors"
      actions={
        failed > 0 && (
          <Button startIcon={<Refresh />} onClick={() => setIsAsking(true)}>
            Process failed again…
          </Button>
        )
      }
    >
      {errors === undefined && <Skeleton variant="rectangular" height={56} sx={{ mx: 2, mb: 2 }} />}
      {errors?.length === 0 && (
        <EmptyState title="Nothing failed">Images that cannot be processed are listed here.</EmptyState>
      )}
      {errors && errors.length > 0 && (
        <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
          <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
            {errors.map((error) => (
              <ErrorRow key={error.jobId} {...error} />
            ))}
          </Box>
          {more > 0 && (
            <Box sx={{ px: 2, py: 1, color: 'text.secondary' }}>and {more.toLocaleString('en')} more</Box>
          )}
        </Box>
      )}
      {isAsking && <ReprocessFailedDialog failed={failed} onClose={() => setIsAsking(false)} />}
    </Panel>
  );
}

function ErrorRow({ jobId, originalFilename, error, at }: LastError) {
  const reprocess = useReprocessSample();
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: 'minmax(0, 1fr) auto',
        alignItems: 'start',
        columnGap: 2,
        px: 2,
        py: 1,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', columnGap: 1.5, flexWrap: 'wrap', alignItems: 'baseline' }}>
          <Box sx={{ minWidth: 0, maxWidth: '100%' }}>
            <Truncated text={originalFilename}>
              <Link component={RouterLink} to={`/samples/${jobId}`} color="inherit" sx={{ fontWeight: 550 }}>
                {originalFilename}
              </Link>
            </Truncated>
          </Box>
          <Typography variant="caption" color="textSecondary">
            <DateText value={at} />
          </Typography>
        </Box>
        <Reason text={reprocess.error ? reprocess.error.message : error || 'No reason was given.'} />
      </Box>
      <Button
        color="inherit"
        aria-label={`Process ${originalFilename} again`}
        loading={reprocess.isPending}
        onClick={() => reprocess.mutate({ params: { jobId } })}
      >
        Try again
      </Button>
    </Box>
  );
}

function ReprocessFailedDialog({ failed, onClose }: { failed: number; onClose: () => void }) {
  const reprocess = useReprocessFailed();
  return (
    <FormDialog
      title="Process failed images again"
      submitLabel="Process again"
      isSaving={reprocess.isPending}
      failure={reprocess.error ?? undefined}
      onSubmit={(event) => {
        event.preventDefault();
        reprocess.mutate(undefined, { onSuccess: onClose });
      }}
      onClose={onClose}
    >
      <Typography sx={{ gridColumn: '1 / -1' }}>
        {failed === 1
          ? 'The image that failed is queued once more.'
          : `All ${failed.toLocaleString('en')} images that failed are queued once more.`}{' '}
        Those that are damaged will fail again.
      </Typography>
    </FormDialog>
  );
}
