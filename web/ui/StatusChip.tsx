import Autorenew from '@mui/icons-material/Autorenew';
import CheckCircleOutline from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutline from '@mui/icons-material/ErrorOutlineOutlined';
import Schedule from '@mui/icons-material/Schedule';
import type { SampleRow } from '../api/queries.ts';
import { StatusLabel } from './StatusLabel.tsx';
import { optionsOf } from './status-look.ts';

const LOOKS = {
  pending: { text: 'Waiting', tone: 'quiet', icon: Schedule },
  processing: { text: 'Processing', tone: 'active', icon: Autorenew, turning: true },
  completed: { text: 'Completed', tone: 'good', icon: CheckCircleOutline },
  failed: { text: 'Failed', tone: 'bad', icon: ErrorOutline },
} as const;

export const PROCESSING_STATUSES = optionsOf(LOOKS);

/** How far the machine is with an image. */
export function StatusChip({ status }: { status: SampleRow['inferenceStatus'] }) {
  return <StatusLabel {...LOOKS[status]} />;
}
