import Autorenew from '@mui/icons-material/Autorenew';
import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Schedule from '@mui/icons-material/Schedule';
import Box from '@mui/material/Box';
import type { WorklistItem } from '../api/queries.ts';
import { visuallyHidden } from './visually-hidden.ts';

const PARTS = [
  { status: 'completed', text: 'completed', icon: CheckCircleOutlined, color: 'success.main' },
  { status: 'processing', text: 'processing', icon: Autorenew, color: 'primary.main' },
  { status: 'pending', text: 'waiting', icon: Schedule, color: 'text.secondary' },
  { status: 'failed', text: 'failed', icon: ErrorOutlineOutlined, color: 'error.main' },
] as const;

interface ImageCountsProps {
  counts: WorklistItem['samples'];
  /** For table cells: icons stand for the words, except that a failure is spelt out. */
  compact?: boolean;
}

/** Images by how far the machine is with them; what there is none of is left out. */
export function ImageCounts({ counts, compact = false }: ImageCountsProps) {
  const shown = PARTS.filter(({ status }) => counts[status] > 0);
  if (shown.length === 0) return <>–</>;
  return (
    <Box
      component="span"
      className="tabular"
      sx={{ display: 'inline-flex', columnGap: 1.5, whiteSpace: 'nowrap' }}
    >
      {shown.map(({ status, text, icon: Icon, color }) => (
        <Box
          component="span"
          key={status}
          title={compact ? `${counts[status]} ${text}` : undefined}
          sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}
        >
          <Icon aria-hidden sx={{ fontSize: 15, color }} />
          {counts[status].toLocaleString('en')}
          <Box component="span" sx={compact && status !== 'failed' ? visuallyHidden : undefined}>
            {text}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
