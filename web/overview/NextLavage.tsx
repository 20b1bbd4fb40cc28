import ArrowForward from '@mui/icons-material/ArrowForward';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useEffect, useRef } from 'react';
import { Link as RouterLink } from 'react-router';
import type { WorklistItem } from '../api/queries.ts';
import { DateText } from '../ui/DateText.tsx';
import { ReadingChip } from '../ui/ReadingChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { ReadingProgress } from './ReadingProgress.tsx';
import { workPath } from './worklist.ts';

/** The lavage to take up now. Its button has the focus, so that Enter opens it. */
export function NextLavage({ item }: { item: WorklistItem | undefined }) {
  return item ? <NextStrip item={item} /> : null;
}

function NextStrip({ item }: { item: WorklistItem }) {
  const open = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isFocusFree()) open.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Next to do"
      sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 2, px: 2, py: 1.25 }}
    >
      <Typography variant="h3" component="span" color="textSecondary">
        Next
      </Typography>
      <Box sx={{ flex: '1 1 160px', minWidth: 0, fontWeight: 600, fontSize: 14 }}>
        <Truncated text={item.patient.name} />
      </Box>
      <ReadingChip status={item.readingStatus} />
      <ReadingProgress item={item} />
      <Box component="span" sx={{ color: 'text.secondary', display: { xs: 'none', md: 'inline' } }}>
        Last image <DateText value={item.lastSampleAt} />
      </Box>
      <Button
        ref={open}
        component={RouterLink}
        to={workPath(item)}
        variant="contained"
        endIcon={<ArrowForward />}
      >
        Open next
      </Button>
    </Paper>
  );
}

/** Whether nobody is using the focus: it is nowhere, or where a navigation left it. */
function isFocusFree(): boolean {
  const active = document.activeElement;
  return active === null || active === document.body || active.matches('main, [data-page-heading]');
}
