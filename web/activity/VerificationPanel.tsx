import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { countOf } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { useVerification } from './activity-queries.ts';

/** Compares every entry with the hash chain over them, when asked to. */
export function VerificationPanel() {
  const { data, error, isFetching, refetch } = useVerification();
  return (
    <Panel
      title="Is the log whole?"
      actions={
        <Button variant="outlined" loading={isFetching} onClick={() => void refetch()}>
          Verify
        </Button>
      }
    >
      <Box role="status" sx={{ px: 2, pb: data || error ? 2 : 0, display: 'grid', gap: 1 }}>
        {error && <ErrorNotice title="The log could not be verified." error={error} />}
        {data && !error && <Verification {...data} />}
      </Box>
    </Panel>
  );
}

function Verification({
  sealed,
  findings,
  head,
  protected: isProtected,
}: CallResult<Api['verifyActivities']>) {
  return (
    <>
      {findings.length === 0 ? (
        <Alert severity="success" variant="outlined">
          All {countOf(sealed, 'entry', 'entries')} are as they were written.
        </Alert>
      ) : (
        <Alert severity="error" variant="outlined">
          The log was tampered with:
          <Box component="ul" sx={{ m: 0, pl: 2.5, overflowWrap: 'anywhere' }}>
            {findings.map(({ kind, sequence, activityId, detail }) => (
              <li key={`${kind} ${sequence} ${activityId}`}>{detail}</li>
            ))}
          </Box>
        </Alert>
      )}
      {!isProtected && (
        <Alert severity="warning" variant="outlined">
          The application's database role could change the log. Whoever runs BALscope sets SQL_OWNER_URI to
          prevent it.
        </Alert>
      )}
      {head && (
        <Typography variant="caption" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          The chain ends at {head.sequence}:{head.hash}. Noted elsewhere, it shows later whether entries were
          cut off (balscope verify-activity --head).
        </Typography>
      )}
    </>
  );
}
