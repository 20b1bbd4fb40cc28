import Add from '@mui/icons-material/Add';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Edit from '@mui/icons-material/EditOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useState } from 'react';
import { type Hospital, useHospitals } from '../api/queries.ts';
import { WIDE_ONLY } from '../ui/DataTable.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { EraseHospitalDialog } from './EraseHospitalDialog.tsx';
import { HospitalDialog } from './HospitalDialog.tsx';

/** The hospitals, and whether their uploaders share patients. */
export function HospitalsPanel() {
  const hospitals = useHospitals();
  const [edited, setEdited] = useState<Hospital | 'new'>();
  const [erased, setErased] = useState<Hospital>();
  const newHospital = (
    <Button variant="outlined" startIcon={<Add />} onClick={() => setEdited('new')}>
      New hospital
    </Button>
  );
  const items = hospitals.data;
  return (
    <Panel title="Hospitals" actions={items && items.length > 0 && newHospital}>
      {hospitals.isError && (
        <Box sx={{ px: 2, pb: 2 }}>
          <ErrorNotice error={hospitals.error} onRetry={() => void hospitals.refetch()} />
        </Box>
      )}
      {hospitals.isPending && <Skeleton variant="rectangular" height={120} sx={{ mx: 2, mb: 2 }} />}
      {items?.length === 0 && (
        <EmptyState title="No hospitals yet" action={newHospital}>
          Patients belong to a hospital. Create the first one here, or while approving who works there.
        </EmptyState>
      )}
      {items && items.length > 0 && (
        <HospitalsTable hospitals={items} onEdit={setEdited} onErase={setErased} />
      )}
      {edited && (
        <HospitalDialog
          hospital={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {erased && <EraseHospitalDialog hospital={erased} onClose={() => setErased(undefined)} />}
    </Panel>
  );
}

interface HospitalsTableProps {
  hospitals: readonly Hospital[];
  onEdit: (hospital: Hospital) => void;
  onErase: (hospital: Hospital) => void;
}

function HospitalsTable({ hospitals, onEdit, onErase }: HospitalsTableProps) {
  return (
    <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
      <Table
        aria-label="Hospitals"
        sx={{ '& tbody tr:last-of-type td, & tbody tr:last-of-type th': { border: 0 } }}
      >
        <TableHead>
          <TableRow>
            <TableCell>Hospital</TableCell>
            <TableCell>Location</TableCell>
            <TableCell sx={WIDE_ONLY}>Read by</TableCell>
            <TableCell align="right">Users</TableCell>
            <TableCell>Uploaders see</TableCell>
            <TableCell />
          </TableRow>
        </TableHead>
        <TableBody>
          {hospitals.map((hospital) => (
            <TableRow key={hospital.id} hover>
              <TableCell component="th" scope="row" sx={{ maxWidth: { xs: 220, lg: 280 }, fontWeight: 550 }}>
                <Truncated text={hospital.name} />
              </TableCell>
              <TableCell sx={{ maxWidth: { xs: 140, lg: 200 } }}>
                <Truncated text={hospital.location} />
              </TableCell>
              <TableCell sx={{ maxWidth: 240, ...WIDE_ONLY }}>
                <Truncated text={hospital.laboratory.name} />
              </TableCell>
              <TableCell align="right">{hospital.userCount}</TableCell>
              <TableCell sx={{ whiteSpace: 'nowrap' }}>
                {hospital.uploadersShare ? 'All its patients' : 'Their own patients'}
              </TableCell>
              <TableCell align="right" sx={{ py: 0.5, whiteSpace: 'nowrap' }}>
                <IconButton aria-label={`Edit ${hospital.name}`} onClick={() => onEdit(hospital)}>
                  <Edit />
                </IconButton>
                <IconButton aria-label={`Erase ${hospital.name}`} onClick={() => onErase(hospital)}>
                  <DeleteOutlined />
                </IconButton>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
