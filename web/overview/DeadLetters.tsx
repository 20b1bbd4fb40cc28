import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { Link as RouterLink } from 'react-router';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { StatusChip } from '../ui/StatusChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { useDeadLetters, useRedriveDeadLetters } from './processing-queries.ts';
import { Reason } from './Reason.tsx';

/** The jobs that were given up, and another round for all of them. */
export function DeadLetters({ total }: { total: number }) {
  const letters = useDeadLetters(total);
  const redrive = useRedriveDeadLetters();
  const failure = letters.error ?? redrive.error;
  const items = letters.data?.items ?? [];
  return (
    <Panel
      title={`Dead letters (${total.toLocaleString('en')})`}
      actions={
        <Button loading={redrive.isPending} onClick={() => redrive.mutate({})}>
          Redrive
        </Button>
      }
    >
      <Typography variant="body2" color="textSecondary" sx={{ px: 2, pb: 1.5 }}>
        Jobs that were given up. Redriving hands them out once more; images that failed stay failed until they
        are processed again.
      </Typography>
      {failure && (
        <Box sx={{ px: 2, pb: 2 }}>
          <ErrorNotice error={failure} />
        </Box>
      )}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {items.map((letter, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a letter has no id of its own, and rows keep no state
          <LetterRow key={at} {...letter} />
        ))}
      </Box>
    </Panel>
  );
}

type Letter = NonNullable<ReturnType<typeof useDeadLetters>['data']>['items'][number];

function LetterRow({ jobId, originalFilename, inferenceStatus, reason, at }: Letter) {
  return (
    <Box component="li" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
      <Box sx={{ display: 'flex', columnGap: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <Box sx={{ minWidth: 0, maxWidth: '100%', fontWeight: 550 }}>
          {jobId ? (
            <Truncated text={originalFilename ?? jobId}>
              <Link component={RouterLink} to={`/samples/${jobId}`} color="inherit">
                {originalFilename ?? jobId}
              </Link>
            </Truncated>
          ) : (
            'Names no image'
          )}
        </Box>
        {inferenceStatus && <StatusChip status={inferenceStatus} />}
        <Typography variant="caption" color="textSecondary">
          <DateText value={at} />
        </Typography>
      </Box>
      {reason && <Reason text={reason} />}
    </Box>
  );
}
