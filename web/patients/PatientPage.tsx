import Add from '@mui/icons-material/Add';
import Edit from '@mui/icons-material/EditOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import { useState } from 'react';
import { useParams } from 'react-router';
import { ApiError } from '../../contract/client.ts';
import { type PatientRow, usePatient } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { NotFoundPage } from '../shell/NotFoundPage.tsx';
import { DateText } from '../ui/DateText.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { DiagnosesPanel } from './DiagnosesPanel.tsx';
import { LavageDialog } from './LavageDialog.tsx';
import { LavageList } from './LavageList.tsx';
import { PatientDialog } from './PatientDialog.tsx';
import { PatientFacts } from './PatientFacts.tsx';
import { UploadPanel } from './UploadPanel.tsx';

export default function PatientPage() {
  const { patientId = '' } = useParams();
  const patient = usePatient(patientId);
  if (patient.error instanceof ApiError && [404, 422].includes(patient.error.status)) return <NotFoundPage />;
  if (patient.data) return <PatientView key={patientId} patient={patient.data} />;
  return (
    <Page>
      {patient.isError ? (
        <ErrorNotice
          title="The patient could not be loaded."
          error={patient.error}
          onRetry={() => void patient.refetch()}
        />
      ) : (
        <Box aria-busy aria-label="Loading the patient">
          <Skeleton width={260} height={28} />
          <Skeleton width={420} height={20} />
          <Skeleton variant="rounded" height={320} sx={{ mt: 2 }} />
        </Box>
      )}
    </Page>
  );
}

type OpenDialog = 'none' | 'patient' | 'lavage';

function PatientView({ patient }: { patient: PatientRow }) {
  const { role } = useUser();
  const [dialog, setDialog] = useState<OpenDialog>('none');
  const { emergencyUntil } = patient;
  const mayUpload = role !== 'ANNOTATOR' && emergencyUntil === null;
  const mayReadDiagnoses = role !== 'UPLOADER';
  const close = () => setDialog('none');
  return (
    <Page>
      <PageHeader
        title={patient.name}
        tabTitle="Patient"
        subtitle={<PatientFacts patient={patient} />}
        actions={
          mayUpload && (
            <>
              <Button variant="outlined" startIcon={<Edit />} onClick={() => setDialog('patient')}>
                Edit patient
              </Button>
              <Button variant="outlined" startIcon={<Add />} onClick={() => setDialog('lavage')}>
                New lavage
              </Button>
            </>
          )
        }
      />
      {emergencyUntil && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2, bgcolor: 'warning.light' }}>
          Emergency access until <DateText value={emergencyUntil} />, for reading only. Everything you open is
          recorded.
        </Alert>
      )}
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          alignItems: 'start',
          gridTemplateColumns: {
            xs: 'minmax(0, 1fr)',
            lg: mayUpload || mayReadDiagnoses ? 'minmax(0, 1fr) 360px' : undefined,
          },
        }}
      >
        <Box sx={{ order: { xs: mayUpload ? 1 : 0, lg: 0 }, minWidth: 0 }}>
          <LavageList patient={patient} mayEdit={mayUpload} onNewLavage={() => setDialog('lavage')} />
        </Box>
        <Box
          sx={{
            display: 'grid',
            gridTemplateColumns: 'minmax(0, 1fr)',
            gap: 2,
            minWidth: 0,
            position: { lg: 'sticky' },
            top: { lg: 64 },
          }}
        >
          {mayUpload && <UploadPanel patientId={patient.id} />}
          {mayReadDiagnoses && <DiagnosesPanel patientId={patient.id} />}
        </Box>
      </Box>
      {dialog === 'patient' && <PatientDialog patient={patient} onClose={close} onSaved={close} />}
      {dialog === 'lavage' && <LavageDialog patientId={patient.id} onClose={close} />}
    </Page>
  );
}
