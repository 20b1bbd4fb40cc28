import Block from '@mui/icons-material/Block';
import Check from '@mui/icons-material/Check';
import Contrast from '@mui/icons-material/Contrast';
import RadioButtonUnchecked from '@mui/icons-material/RadioButtonUnchecked';
import type { SampleRow } from '../api/queries.ts';
import { StatusLabel } from './StatusLabel.tsx';
import { optionsOf } from './status-look.ts';

const LOOKS = {
  unread: { text: 'Unread', tone: 'quiet', icon: RadioButtonUnchecked },
  partly: { text: 'Half read', tone: 'caution', icon: Contrast },
  complete: { text: 'Read', tone: 'good', icon: Check },
  excluded: { text: 'Excluded', tone: 'quiet', icon: Block },
} as const;

export const REVIEW_STATUSES = optionsOf(LOOKS);

/** How far the reading of a field is. */
export function ReviewChip({ status }: { status: SampleRow['reviewStatus'] }) {
  return <StatusLabel {...LOOKS[status]} />;
}
