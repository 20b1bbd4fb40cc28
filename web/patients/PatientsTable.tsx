import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TablePagination from '@mui/material/TablePagination';
import TableRow from '@mui/material/TableRow';
import TableSortLabel from '@mui/material/TableSortLabel';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Link as RouterLink, useNavigate } from 'react-router';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import type { PatientRow } from '../api/queries.ts';
import { EmergencyChip } from '../emergency/EmergencyChip.tsx';
import { DataTable, WIDE_ONLY } from '../ui/DataTable.tsx';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ImageCounts } from '../ui/ImageCounts.tsx';
import { LoadingRows } from '../ui/LoadingRows.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { DiagnosisStatusChip } from './DiagnosisStatusChip.tsx';
import type { ListView } from './use-list-view.ts';

interface PatientsTableProps {
  /** Undefined while loading. */
  list: CallResult<Api['listPatients']> | undefined;
  view: ListView;
  /** The rows of the former query still show. */
  isStale: boolean;
  isNarrowed: boolean;
  emptyAction: ReactNode;
  onShowAll: () => void;
}

export function PatientsTable(props: PatientsTableProps) {
  const { list, view, isStale } = props;
  return (
    <DataTable
      label="Patients"
      footer={list?.total === 0 ? <NoPatients {...props} /> : list && <Paging list={list} view={view} />}
    >
      <TableHead>
        <TableRow>
          <SortableHead view={view} label="Patient" sorts={['name', '-name']} />
          <TableCell>Age</TableCell>
          <TableCell>Images</TableCell>
          <TableCell>Reading</TableCell>
          <SortableHead view={view} label="Last image" sorts={['-last_sample_at']} isWideOnly />
          <SortableHead view={view} label="Created" sorts={['-created_at', 'created_at']} isWideOnly />
        </TableRow>
      </TableHead>
      <TableBody aria-busy={isStale} inert={isStale} sx={{ opacity: isStale ? 0.6 : 1 }}>
        {list ? (
          list.items.map((patient) => <Row key={patient.id} patient={patient} />)
        ) : (
          <LoadingRows columns={6} />
        )}
      </TableBody>
    </DataTable>
  );
}

interface SortableHeadProps {
  view: ListView;
  label: string;
  /** The first is what a click on another column's table starts with. */
  sorts: readonly ListView['sort'][];
  isWideOnly?: boolean;
}

function SortableHead({ view, label, sorts, isWideOnly = false }: SortableHeadProps) {
  const at = sorts.indexOf(view.sort);
  const direction = (at < 0 ? sorts[0] : view.sort).startsWith('-') ? 'desc' : 'asc';
  return (
    <TableCell sortDirection={at < 0 ? false : direction} sx={isWideOnly ? WIDE_ONLY : undefined}>
      <TableSortLabel
        active={at >= 0}
        direction={direction}
        onClick={() => view.setSort(sorts[(at + 1) % sorts.length])}
      >
        {label}
      </TableSortLabel>
    </TableCell>
  );
}

function Row({ patient }: { patient: PatientRow }) {
  const navigate = useNavigate();
  const path = `/patients/${patient.id}`;
  return (
    <TableRow
      hover
      onClick={({ target }) => {
        if (!(target as Element).closest('a')) navigate(path);
      }}
      sx={{ cursor: 'pointer' }}
    >
      <TableCell component="th" scope="row" sx={{ maxWidth: 280 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
          <Truncated text={patient.name}>
            <Link component={RouterLink} to={path} data-row-link color="inherit" sx={{ fontWeight: 550 }}>
              {patient.name}
            </Link>
          </Truncated>
          {patient.emergencyUntil && <EmergencyChip until={patient.emergencyUntil} />}
        </Box>
        <Typography variant="caption" component="div" color="textSecondary">
          <Truncated
            text={[patient.identifiers[0]?.value, patient.hospital.name].filter((part) => part).join(' · ')}
          />
        </Typography>
      </TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap' }}>
        {patient.age}
        {patient.gender !== 'unknown' && `, ${patient.gender}`}
      </TableCell>
      <TableCell>
        <ImageCounts counts={patient.samplesByStatus} compact />
      </TableCell>
      <TableCell>
        <DiagnosisStatusChip status={patient.diagnosisStatus} />
      </TableCell>
      <TableCell sx={WIDE_ONLY}>
        <DateText value={patient.lastSampleAt} />
      </TableCell>
      <TableCell sx={WIDE_ONLY}>
        <DateText value={patient.createdAt} />
      </TableCell>
    </TableRow>
  );
}

function Paging({ list, view }: { list: CallResult<Api['listPatients']>; view: ListView }) {
  return (
    <TablePagination
      component="div"
      count={list.total}
      page={Math.min(view.page - 1, Math.max(0, Math.ceil(list.total / view.perPage) - 1))}
      rowsPerPage={view.perPage}
      rowsPerPageOptions={[25, 50, 100]}
      onPageChange={(_, page) => view.setPage(page + 1)}
      onRowsPerPageChange={({ target }) => view.setPerPage(Number(target.value))}
      slotProps={{ select: { native: true } }}
    />
  );
}

function NoPatients({ isNarrowed, emptyAction, onShowAll }: PatientsTableProps) {
  return isNarrowed ? (
    <EmptyState
      title="No patient matches"
      action={
        <Button variant="outlined" onClick={onShowAll}>
          Show all patients
        </Button>
      }
    >
      Names match from any part; check the spelling or the chosen reading.
    </EmptyState>
  ) : (
    <EmptyState title="No patients yet" action={emptyAction}>
      {emptyAction
        ? 'Create the first one, then drop the images of the lavage on its page.'
        : 'Patients show here once a hospital of your laboratory has entered them.'}
    </EmptyState>
  );
}
