import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { Link as RouterLink } from 'react-router';
import { Truncated } from '../ui/Truncated.tsx';

interface NameCellProps {
  name: string;
  /** The page of the record, or of what it belongs to. */
  to: string;
  /** A quiet line below. */
  below: string;
}

/** What a row is called, leading to its page. */
export function NameCell({ name, to, below }: NameCellProps) {
  return (
    <>
      <Truncated text={name}>
        <Link component={RouterLink} to={to} data-row-link color="inherit" sx={{ fontWeight: 550 }}>
          {name}
        </Link>
      </Truncated>
      <Typography variant="caption" component="div" color="textSecondary">
        <Truncated text={below} />
      </Typography>
    </>
  );
}

export function PatientCell({
  patient,
  hospital,
}: Record<'patient' | 'hospital', { id: string; name: string }>) {
  return (
    <>
      <Truncated text={patient.name}>
        <Link component={RouterLink} to={`/patients/${patient.id}`} color="inherit">
          {patient.name}
        </Link>
      </Truncated>
      <Typography variant="caption" component="div" color="textSecondary">
        <Truncated text={hospital.name} />
      </Typography>
    </>
  );
}
