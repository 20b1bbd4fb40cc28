import WarningAmber from '@mui/icons-material/WarningAmber';
import Tooltip from '@mui/material/Tooltip';
import { formatDateTime } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { StatusLabel } from '../ui/StatusLabel.tsx';

/** Marks a patient that the caller sees only because of an emergency. */
export function EmergencyChip({ until }: { until: string }) {
  const locale = useLocale();
  return (
    <Tooltip title={`Until ${formatDateTime(until, locale)}, for reading only`} describeChild>
      {/* The tooltip asks for an element that takes a ref. */}
      <span>
        <StatusLabel text="Emergency access" tone="caution" icon={WarningAmber} />
      </span>
    </Tooltip>
  );
}
