import Skeleton from '@mui/material/Skeleton';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { ApiError } from '../../contract/client.ts';
import type { Diagnosis } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { CERTAINTY_NAMES } from '../ui/certainty-names.ts';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { DiagnosisForm } from './DiagnosisForm.tsx';
import type { CatalogueEntry } from './diagnosis-draft.ts';
import { useDiagnoses, useSaveDiagnosis } from './diagnosis-queries.ts';

interface DiagnosisPanelProps {
  patientId: string;
  lavageId: string;
  catalogue: readonly CatalogueEntry[];
  onDirtyChange: (dirty: boolean) => void;
}

/** The reader's diagnosis of the lavage to edit, and those of others to read. */
export function DiagnosisPanel({ patientId, lavageId, ...rest }: DiagnosisPanelProps) {
  const user = useUser();
  const diagnoses = useDiagnoses(patientId, lavageId);
  if (diagnoses.isPending) return <Skeleton variant="rounded" height={320} />;
  if (diagnoses.isError) {
    return (
      <ErrorNotice
        title="The diagnosis could not be loaded."
        error={diagnoses.error}
        onRetry={() => void diagnoses.refetch()}
      />
    );
  }
  const mine = diagnoses.data.find((diagnosis) => diagnosis.user.id === user.id) ?? null;
  const others = diagnoses.data.filter((diagnosis) => diagnosis.user.id !== user.id);
  return (
    <Stack spacing={2}>
      {others.map((diagnosis) => (
        <OthersDiagnosis key={diagnosis.id} diagnosis={diagnosis} />
      ))}
      <OwnDiagnosis patientId={patientId} lavageId={lavageId} saved={mine} {...rest} />
    </Stack>
  );
}

function OwnDiagnosis({
  patientId,
  lavageId,
  saved,
  catalogue,
  onDirtyChange,
}: DiagnosisPanelProps & { saved: Diagnosis | null }) {
  const save = useSaveDiagnosis(patientId, lavageId);
  return (
    <>
      <DiagnosisForm
        saved={saved}
        catalogue={catalogue}
        saving={save.isPending}
        onSave={(draft) => save.mutateAsync({ draft, saved })}
        onDirtyChange={onDirtyChange}
      />
      <div role="status">
        {save.isError && <ErrorNotice title={failureTitle(save.error)} error={save.error} />}
        {!save.isError && saved && (
          <Typography variant="caption" color="textSecondary">
            Saved by {saved.user.name}, <DateText value={saved.updatedAt} />
            {saved.version > 1 && `, version ${saved.version}`}
          </Typography>
        )}
        {!save.isError && !saved && (
          <Typography variant="caption" color="textSecondary">
            No diagnosis of yours is saved for this lavage yet.
          </Typography>
        )}
      </div>
    </>
  );
}

function OthersDiagnosis({ diagnosis }: { diagnosis: Diagnosis }) {
  const names = diagnosis.diagnosis.map((entry) => `${CERTAINTY_NAMES[entry.certainty]} ${entry.name}`);
  return (
    <Stack sx={{ borderLeft: 3, borderColor: 'divider', pl: 1.5 }}>
      <Typography variant="caption" color="textSecondary">
        {diagnosis.user.name}, <DateText value={diagnosis.updatedAt} />
      </Typography>
      <Typography variant="body2">
        Specimen {diagnosis.adequacy}
        {diagnosis.adequacyReasons && `: ${diagnosis.adequacyReasons}`}
      </Typography>
      <Typography variant="body2" sx={{ fontWeight: 600 }}>
        {names.length > 0 ? names.join('; ') : 'No diagnosis'}
      </Typography>
      {diagnosis.pattern && <Typography variant="body2">Pattern: {diagnosis.pattern}</Typography>}
      {diagnosis.comments && (
        <Typography variant="body2" sx={{ whiteSpace: 'pre-line' }}>
          {diagnosis.comments}
        </Typography>
      )}
    </Stack>
  );
}

function failureTitle(error: unknown): string {
  const isClash = error instanceof ApiError && error.code === 'stale_version';
  return isClash
    ? 'Not saved: this diagnosis was changed elsewhere. Your entries are kept; saving again writes them over it.'
    : 'The diagnosis was not saved.';
}
