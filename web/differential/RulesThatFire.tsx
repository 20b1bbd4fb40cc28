import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';
import type { Rule } from './differential.ts';

/** Findings that the numbers support, each with its numbers and source; the others are counted, not hidden. */
export function RulesThatFire({ rules }: { rules: readonly Rule[] }) {
  const firing = rules.filter((rule) => rule.outcome === 'fires');
  const silent = rules.filter((rule) => rule.outcome === 'does_not_fire').length;
  return (
    <Box component="section" aria-labelledby="rules-heading">
      <Typography id="rules-heading" variant="h3">
        What the pattern suggests
      </Typography>
      {firing.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          None of the {rules.length} rules fires on the cells counted so far.
        </Typography>
      )}
      <Stack spacing={1} sx={{ mt: 0.5 }}>
        {firing.map((rule) => (
          <FiringRule key={rule.code} rule={rule} />
        ))}
      </Stack>
      {firing.length > 0 && (
        <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 1 }}>
          A lavage alone does not establish most of these diagnoses.
          {silent > 0 && ` ${silent} other ${silent === 1 ? 'rule does' : 'rules do'} not fire.`}
        </Typography>
      )}
      <NotAssessableRules rules={rules.filter((rule) => rule.outcome === 'not_assessable')} />
    </Box>
  );
}

function FiringRule({ rule }: { rule: Rule }) {
  return (
    <Box sx={{ borderLeft: 3, borderColor: 'primary.main', pl: 1 }}>
      <Typography variant="body2" sx={{ fontWeight: 600 }}>
        {rule.finding}
      </Typography>
      <Typography variant="body2">{rule.readsAs}</Typography>
      <Typography variant="caption" color="textSecondary" component="p">
        {rule.detail}
        {rule.uncertain && ' · the counting error reaches across the threshold'}
        <br />
        {rule.source}
      </Typography>
    </Box>
  );
}

function NotAssessableRules({ rules }: { rules: readonly Rule[] }) {
  const [open, setOpen] = useState(false);
  const listId = useId();
  if (rules.length === 0) return null;
  return (
    <Box sx={{ mt: 0.5 }}>
      <Button
        size="small"
        color="inherit"
        aria-expanded={open}
        aria-controls={listId}
        onClick={() => setOpen(!open)}
        endIcon={<ExpandMore sx={{ transform: open ? 'rotate(180deg)' : 'none' }} />}
        sx={{ ml: -0.5, color: 'text.secondary' }}
      >
        {rules.length} not assessable
      </Button>
      <Collapse in={open} id={listId}>
        <Stack component="ul" spacing={0.5} sx={{ m: 0, pl: 2 }}>
          {rules.map((rule) => (
            <Typography key={rule.code} component="li" variant="caption" color="textSecondary">
              {rule.finding}: {rule.detail}
            </Typography>
          ))}
        </Stack>
      </Collapse>
    </Box>
  );
}
