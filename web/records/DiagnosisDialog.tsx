import Box from '@mui/material/Box';
import { useForm } from 'react-hook-form';
import { useLaboratorySettings } from '../api/queries.ts';
import { DiagnosisFields } from '../differential/DiagnosisFields.tsx';
import { type DiagnosisDraft, diagnosisBodyOf, draftOf } from '../differential/diagnosis-draft.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSave } from '../ui/use-save.ts';
import { type DiagnosisRecord, useUpdateAnyDiagnosis } from './records-queries.ts';

interface DiagnosisDialogProps {
  diagnosis: DiagnosisRecord;
  onClose: () => void;
}

/** Corrects what anybody has said of a patient's lavage. */
export function DiagnosisDialog({ diagnosis, onClose }: DiagnosisDialogProps) {
  const { id, lavageId, version, patient, user } = diagnosis;
  const settings = useLaboratorySettings(lavageId);
  const form = useForm<DiagnosisDraft>({ defaultValues: draftOf(diagnosis) });
  const update = useUpdateAnyDiagnosis();
  const { failure, isSaving, save } = useSave(form, version, async (draft, ifMatch) => {
    await update.mutateAsync({ params: { id }, body: diagnosisBodyOf(draft), ifMatch });
    onClose();
  });
  return (
    <FormDialog
      title={`Edit ${user.name}'s diagnosis of ${patient.name}`}
      submitLabel="Save"
      {...{ failure, isSaving, onClose }}
      onSubmit={form.handleSubmit(save)}
    >
      <Box sx={{ gridColumn: '1 / -1', display: 'grid', gap: 2 }}>
        <DiagnosisFields form={form} catalogue={settings.data?.diagnoses ?? []} />
      </Box>
    </FormDialog>
  );
}
