import AssignmentTurnedIn from '@mui/icons-material/AssignmentTurnedInOutlined';
import Check from '@mui/icons-material/Check';
import Contrast from '@mui/icons-material/Contrast';
import FiberNew from '@mui/icons-material/FiberManualRecord';
import type { WorklistItem } from '../api/queries.ts';
import { StatusLabel } from './StatusLabel.tsx';

const LOOKS = {
  new: { text: 'New', tone: 'active', icon: FiberNew },
  half_read: { text: 'Half read', tone: 'caution', icon: Contrast },
  read: { text: 'Read', tone: 'quiet', icon: Check },
  diagnosed: { text: 'Diagnosed', tone: 'good', icon: AssignmentTurnedIn },
} as const;

/** How far the reading of a lavage is. */
export function ReadingChip({ status }: { status: WorklistItem['readingStatus'] }) {
  return <StatusLabel {...LOOKS[status]} />;
}
