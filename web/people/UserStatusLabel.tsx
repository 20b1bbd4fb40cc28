import Block from '@mui/icons-material/Block';
import CheckCircleOutline from '@mui/icons-material/CheckCircleOutlined';
import Schedule from '@mui/icons-material/Schedule';
import { StatusLabel } from '../ui/StatusLabel.tsx';
import { optionsOf } from '../ui/status-look.ts';
import type { AdministeredUser } from './people-queries.ts';

const LOOKS = {
  active: { text: 'Active', tone: 'good', icon: CheckCircleOutline },
  pending: { text: 'Waiting', tone: 'caution', icon: Schedule },
  disabled: { text: 'Disabled', tone: 'quiet', icon: Block },
} as const;

export const USER_STATUSES = optionsOf(LOOKS);

export function UserStatusLabel({ status }: { status: AdministeredUser['status'] }) {
  return <StatusLabel {...LOOKS[status]} />;
}
