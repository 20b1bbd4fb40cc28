import AssignmentTurnedIn from '@mui/icons-material/AssignmentTurnedInOutlined';
import Contrast from '@mui/icons-material/Contrast';
import RadioButtonUnchecked from '@mui/icons-material/RadioButtonUnchecked';
import type { PatientRow } from '../api/queries.ts';
import { StatusLabel } from '../ui/StatusLabel.tsx';
import { optionsOf } from '../ui/status-look.ts';

const LOOKS = {
  none: { text: 'Not read', tone: 'quiet', icon: RadioButtonUnchecked },
  reading: { text: 'Being read', tone: 'caution', icon: Contrast },
  diagnosed: { text: 'Diagnosed', tone: 'good', icon: AssignmentTurnedIn },
} as const;

export const DIAGNOSIS_STATUSES = optionsOf(LOOKS);

/** What the pathologists have said of a patient so far. */
export function DiagnosisStatusChip({ status }: { status: PatientRow['diagnosisStatus'] }) {
  return <StatusLabel {...LOOKS[status]} />;
}
