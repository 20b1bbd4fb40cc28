import Add from '@mui/icons-material/Add';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useOverview } from '../api/queries.ts';
import { PatientDialog } from '../patients/PatientDialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { countOf } from '../ui/format.ts';
import { ImageCounts } from '../ui/ImageCounts.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { FailedImages } from './FailedImages.tsx';
import { UploadsTable } from './UploadsTable.tsx';

/** The pulmonologist's first page: what became of the own images. */
export default function UploadsPage() {
  const overview = useOverview();
  const navigate = useNavigate();
  const [isCreating, setIsCreating] = useState(false);
  const newPatient = (
    <Button variant="contained" startIcon={<Add />} onClick={() => setIsCreating(true)}>
      New patient
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Your uploads"
        subtitle={
          overview.data ? (
            <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5 }}>
              {countOf(overview.data.patients, 'patient')} <ImageCounts counts={overview.data.samples} />
            </Box>
          ) : (
            <Skeleton width={220} />
          )
        }
        actions={newPatient}
      />
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        {overview.isError && !overview.data && (
          <ErrorNotice
            title="Your uploads could not be loaded."
            error={overview.error}
            onRetry={() => void overview.refetch()}
          />
        )}
        {overview.data && overview.data.samples.failed > 0 && <FailedImages />}
        {!(overview.isError && !overview.data) && (
          <UploadsTable items={overview.data?.worklist} emptyAction={newPatient} />
        )}
      </Box>
      {isCreating && (
        <PatientDialog
          onClose={() => setIsCreating(false)}
          onSaved={(patient) => navigate(`/patients/${patient.id}`)}
        />
      )}
    </Page>
  );
}
