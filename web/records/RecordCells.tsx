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
export const NameCell = (props: NameCellProps) => (
  <LinkedName {...props} link={{ 'data-row-link': true, sx: { fontWeight: 550 } }} />
);

interface PatientCellProps {
  patient: { id: string; name: string };
  hospital: { name: string };
}

export const PatientCell = ({ patient, hospital }: PatientCellProps) => (
  <LinkedName name={patient.name} to={`/patients/${patient.id}`} below={hospital.name} />
);

function LinkedName({ name, to, below, link }: NameCellProps & { link?: object }) {
  return (
    <>
      <Truncated text={name}>
        <Link component={RouterLink} to={to} color="inherit" {...link}>
          {name}
        </Link>
      </Truncated>
      <Typography variant="caption" component="div" color="textSecondary">
        <Truncated text={below} />
      </Typography>
    </>
  );
}
