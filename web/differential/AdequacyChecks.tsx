import CheckCircleOutline from '@mui/icons-material/CheckCircleOutlineOutlined';
import ErrorOutline from '@mui/icons-material/ErrorOutlineOutlined';
import HelpOutline from '@mui/icons-material/HelpOutlineOutlined';
import WarningAmber from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import type { AdequacyCheck } from './differential.ts';

const OUTCOMES = {
  pass: { label: 'Pass', Icon: CheckCircleOutline, color: 'success.main' },
  limited: { label: 'Limited', Icon: WarningAmber, color: 'warning.main' },
  fail: { label: 'Fail', Icon: ErrorOutline, color: 'error.main' },
  not_assessable: { label: 'Not assessable', Icon: HelpOutline, color: 'text.secondary' },
} as const;

/** The checks behind the reader's adequacy statement; they propose, the reader decides. */
export function AdequacyChecks({ checks }: { checks: readonly AdequacyCheck[] }) {
  return (
    <Box component="section" aria-labelledby="adequacy-heading">
      <Typography id="adequacy-heading" variant="h3">
        Adequacy checks
      </Typography>
      <Stack component="ul" sx={{ listStyle: 'none', p: 0, m: 0 }}>
        {checks.map((check) => (
          <CheckLine key={check.code} check={check} />
        ))}
      </Stack>
    </Box>
  );
}

function CheckLine({ check }: { check: AdequacyCheck }) {
  const { label, Icon, color } = OUTCOMES[check.outcome];
  return (
    <Tooltip describeChild title={`Source: ${check.source}`} placement="left">
      <Stack component="li" direction="row" spacing={1} tabIndex={0} sx={{ py: 0.5, borderRadius: 1 }}>
        <Icon sx={{ fontSize: 18, color, mt: '1px' }} aria-hidden />
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography variant="body2">{check.name}</Typography>
          <Typography variant="caption" color="textSecondary" component="p">
            {check.detail}
          </Typography>
        </Box>
        <Typography variant="caption" sx={{ color, fontWeight: 600, whiteSpace: 'nowrap', pt: '2px' }}>
          {label}
        </Typography>
      </Stack>
    </Tooltip>
  );
}
