import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import { Link as RouterLink } from 'react-router';
import { useReprocessSample } from '../api/mutations.ts';
import { type SampleRow, useFailedSamples } from '../api/queries.ts';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { StatusChip } from '../ui/StatusChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';

/** Images that could not be processed, each with its reason and another try. */
export function FailedImages() {
  const failed = useFailedSamples();
  const more = (failed.data?.total ?? 0) - (failed.data?.items.length ?? 0);
  return (
    <Panel title="Images that could not be processed">
      <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
        {failed.isPending && <Skeleton variant="rectangular" height={56} />}
        {failed.isError && <ErrorNotice error={failed.error} onRetry={() => void failed.refetch()} />}
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {failed.data?.items.map((sample) => (
            <FailedImage key={sample.jobId} sample={sample} />
          ))}
        </Box>
        {more > 0 && <Box sx={{ px: 2, py: 1, color: 'text.secondary' }}>and {more} more</Box>}
      </Box>
    </Panel>
  );
}

function FailedImage({ sample }: { sample: SampleRow }) {
  const reprocess = useReprocessSample();
  const { jobId, originalFilename, patient } = sample;
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr auto', md: 'minmax(160px, 1fr) minmax(200px, 2fr) auto auto' },
        alignItems: 'center',
        columnGap: 2,
        px: 2,
        py: 1,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Box sx={{ minWidth: 0, gridRow: 1, gridColumn: 1 }}>
        <Truncated text={originalFilename}>
          <Link component={RouterLink} to={`/samples/${jobId}`} color="inherit" sx={{ fontWeight: 550 }}>
            {originalFilename}
          </Link>
        </Truncated>
        <Box sx={{ fontSize: 12, color: 'text.secondary' }}>
          <Truncated text={patient.name}>
            <Link component={RouterLink} to={`/patients/${patient.id}`} color="inherit">
              {patient.name}
            </Link>
          </Truncated>
        </Box>
      </Box>
      <Box
        sx={{
          display: 'flex',
          gap: 1,
          alignItems: 'flex-start',
          minWidth: 0,
          gridRow: { xs: 2, md: 1 },
          gridColumn: { xs: '1 / -1', md: 2 },
        }}
      >
        <StatusChip status="failed" />
        <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
          {reprocess.error ? reprocess.error.message : (sample.error ?? 'No reason was given.')}
        </Box>
      </Box>
      <Box sx={{ color: 'text.secondary', display: { xs: 'none', md: 'block' } }}>
        <DateText value={sample.completedAt ?? sample.createdAt} />
      </Box>
      <Button
        startIcon={<Refresh />}
        loading={reprocess.isPending}
        loadingPosition="start"
        aria-label={`Process ${originalFilename} again`}
        onClick={() => reprocess.mutate({ params: { jobId } })}
      >
        Try again
      </Button>
    </Box>
  );
}
