import Link from '@mui/material/Link';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Link as RouterLink, useNavigate } from 'react-router';
import type { WorklistItem } from '../api/queries.ts';
import { DataTable, WIDE_ONLY } from '../ui/DataTable.tsx';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ImageCounts } from '../ui/ImageCounts.tsx';
import { LoadingRows } from '../ui/LoadingRows.tsx';
import { ReadingChip } from '../ui/ReadingChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';

interface UploadsTableProps {
  /** Undefined while loading. */
  items: readonly WorklistItem[] | undefined;
  emptyAction: ReactNode;
}

/** One row a lavage: its images, how far the reading is, and the result. */
export function UploadsTable({ items, emptyAction }: UploadsTableProps) {
  return (
    <DataTable
      label="Lavages"
      footer={
        items?.length === 0 && (
          <EmptyState title="No images yet" action={emptyAction}>
            Create the patient, then drop the microscope images of the lavage on the patient's page.
          </EmptyState>
        )
      }
    >
      <TableHead>
        <TableRow>
          <TableCell>Patient</TableCell>
          <TableCell sx={WIDE_ONLY}>Collected</TableCell>
          <TableCell>Images</TableCell>
          <TableCell>Reading</TableCell>
          <TableCell>Result</TableCell>
          <TableCell sx={WIDE_ONLY}>Last image</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {items ? (
          items.map((item) => <UploadsRow key={item.lavageId} item={item} />)
        ) : (
          <LoadingRows columns={6} />
        )}
      </TableBody>
    </DataTable>
  );
}

function UploadsRow({ item }: { item: WorklistItem }) {
  const navigate = useNavigate();
  const path = `/patients/${item.patient.id}`;
  return (
    <TableRow
      hover
      onClick={({ target }) => {
        if (!(target as Element).closest('a')) navigate(path);
      }}
      sx={{ cursor: 'pointer' }}
    >
      <TableCell component="th" scope="row" sx={{ maxWidth: 220 }}>
        <Truncated text={item.patient.name}>
          <Link component={RouterLink} to={path} data-row-link color="inherit" sx={{ fontWeight: 550 }}>
            {item.patient.name}
          </Link>
        </Truncated>
        <Typography variant="caption" component="div" color="textSecondary">
          <Truncated text={item.accessionNumber ?? 'No accession number'} />
        </Typography>
      </TableCell>
      <TableCell sx={WIDE_ONLY}>
        <DateText value={item.collectedAt} dayOnly />
      </TableCell>
      <TableCell>
        <ImageCounts counts={item.samples} compact />
      </TableCell>
      <TableCell>
        <ReadingChip status={item.readingStatus} />
      </TableCell>
      <TableCell sx={{ maxWidth: { xs: 160, lg: 240 } }}>
        {item.diagnoses.length > 0 ? <Truncated text={item.diagnoses.join(', ')} /> : '–'}
      </TableCell>
      <TableCell sx={WIDE_ONLY}>
        <DateText value={item.lastSampleAt} />
      </TableCell>
    </TableRow>
  );
}
