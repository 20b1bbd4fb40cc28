import Box from '@mui/material/Box';
import type { PatientRow } from '../api/queries.ts';
import { formatDay } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { DiagnosisStatusChip } from './DiagnosisStatusChip.tsx';

/** Who the patient is, in one line. */
export function PatientFacts({ patient }: { patient: PatientRow }) {
  const locale = useLocale();
  const facts = [
    `${patient.age} years`,
    patient.gender !== 'unknown' && patient.gender,
    patient.dateOfBirth && `born ${formatDay(patient.dateOfBirth, locale)}`,
    ...patient.identifiers.map(({ type, value, issuer }) => `${type} ${value} (${issuer})`),
    patient.hospital.name,
    patient.contact,
  ].filter((fact) => fact);
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      {facts.join(' · ')} <DiagnosisStatusChip status={patient.diagnosisStatus} />
    </Box>
  );
}
