import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { type Diagnosis, usePatientDiagnoses } from '../api/queries.ts';
import { CERTAINTY_NAMES } from '../ui/certainty-names.ts';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';

/** What the pathologists have said of the patient's lavages. */
export function DiagnosesPanel({ patientId }: { patientId: string }) {
  const diagnoses = usePatientDiagnoses(patientId);
  const items = diagnoses.data?.items;
  return (
    <Panel title="Diagnoses">
      <Box sx={{ px: 2, pb: 2 }}>
        {diagnoses.isPending && <Skeleton height={40} />}
        {diagnoses.isError && (
          <ErrorNotice error={diagnoses.error} onRetry={() => void diagnoses.refetch()} />
        )}
        {items?.length === 0 && (
          <Typography variant="body2" color="textSecondary">
            None yet. Open an image to read the lavage and record the diagnosis beside it.
          </Typography>
        )}
        {items?.map((diagnosis) => (
          <DiagnosisEntry key={diagnosis.id} diagnosis={diagnosis} />
        ))}
      </Box>
    </Panel>
  );
}

function DiagnosisEntry({ diagnosis }: { diagnosis: Diagnosis }) {
  const { adequacy, adequacyReasons, pattern, comments, user, updatedAt } = diagnosis;
  return (
    <Box
      component="article"
      sx={{ '& + &': { mt: 1.5, pt: 1.5, borderTop: 1, borderColor: 'divider' }, overflowWrap: 'anywhere' }}
    >
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {diagnosis.diagnosis.map(({ code, name, certainty }) => (
          <li key={code}>
            <b>{name}</b> {code !== name && <span>{code}</span>}, {CERTAINTY_NAMES[certainty]}
          </li>
        ))}
        {diagnosis.diagnosis.length === 0 && <li>No diagnosis given</li>}
      </Box>
      {pattern && <div>Pattern: {pattern}</div>}
      <div>
        {adequacy === 'adequate' ? 'Adequate specimen' : 'Inadequate specimen'}
        {adequacyReasons && `: ${adequacyReasons}`}
      </div>
      {comments && <Box sx={{ whiteSpace: 'pre-wrap' }}>{comments}</Box>}
      <Typography variant="caption" color="textSecondary">
        {user.name}, <DateText value={updatedAt} />
      </Typography>
    </Box>
  );
}
