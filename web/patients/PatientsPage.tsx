import Add from '@mui/icons-material/Add';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { usePatients } from '../api/queries.ts';
import { useUser } from '../api/services.ts';
import { EmergencyDialog } from '../emergency/EmergencyDialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { countOf } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useRemembered } from '../ui/remembered.ts';
import { SearchField } from '../ui/SearchField.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { DIAGNOSIS_STATUSES } from './DiagnosisStatusChip.tsx';
import { PatientDialog } from './PatientDialog.tsx';
import { PatientsTable } from './PatientsTable.tsx';
import { useListView } from './use-list-view.ts';

const STATUSES = [{ value: '', label: 'All' }, ...DIAGNOSIS_STATUSES];

export default function PatientsPage() {
  const navigate = useNavigate();
  const { role, hospital } = useUser();
  // A new patient belongs to the hospital of whoever enters it; administrators choose one.
  const mayCreate = role === 'ADMIN' || (role === 'UPLOADER' && hospital !== null);
  const view = useListView();
  const [text, setText] = useRemembered('patients.search');
  const [openDialog, setOpenDialog] = useState<'none' | 'new' | 'emergency'>('none');
  const q = useDebounced(text.trim());
  const { page, perPage, sort, diagnosisStatus } = view;
  const patients = usePatients({ page, perPage, sort, diagnosisStatus, q: q || undefined });
  const { data } = patients;
  const isNarrowed = q !== '' || diagnosisStatus !== undefined;
  const newPatient = mayCreate && (
    <Button variant="contained" startIcon={<Add />} onClick={() => setOpenDialog('new')}>
      New patient
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Patients"
        subtitle={
          data ? (
            `${countOf(data.total, 'patient')}${data.totalIsLowerBound ? ' or more' : ''}${isNarrowed ? ' found' : ''}`
          ) : (
            <Skeleton width={90} />
          )
        }
        actions={
          <>
            {role !== 'ADMIN' && (
              <Button variant="outlined" onClick={() => setOpenDialog('emergency')}>
                Emergency access…
              </Button>
            )}
            {newPatient}
          </>
        }
      />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, rowGap: 1, mb: 2 }}>
        <SearchField
          label="Find by name or id"
          value={text}
          onChange={(next) => {
            setText(next);
            view.setPage(1);
          }}
          onEnter={() => {
            const first = q === text.trim() ? data?.items[0] : undefined;
            if (first && q) navigate(`/patients/${first.id}`);
          }}
        />
        <SelectField
          label="Reading"
          options={STATUSES}
          value={diagnosisStatus ?? ''}
          onChange={({ target }) => view.setDiagnosisStatus(target.value)}
          fullWidth={false}
          sx={{ width: 150, '& .MuiInputBase-root': { height: 32 } }}
        />
      </Box>
      {patients.isError && (
        <Box sx={{ mb: 2 }}>
          <ErrorNotice
            title="The patients could not be loaded."
            error={patients.error}
            onRetry={() => void patients.refetch()}
          />
        </Box>
      )}
      {!(patients.isError && !data) && (
        <PatientsTable
          list={data}
          view={view}
          isStale={patients.isPlaceholderData}
          isNarrowed={isNarrowed}
          emptyAction={newPatient}
          onShowAll={() => {
            setText('');
            view.reset();
          }}
        />
      )}
      {openDialog === 'new' && (
        <PatientDialog
          onClose={() => setOpenDialog('none')}
          onSaved={(patient) => navigate(`/patients/${patient.id}`)}
        />
      )}
      {openDialog === 'emergency' && (
        <EmergencyDialog
          onClose={() => setOpenDialog('none')}
          onOpened={(patientId) => navigate(`/patients/${patientId}`)}
        />
      )}
    </Page>
  );
}
