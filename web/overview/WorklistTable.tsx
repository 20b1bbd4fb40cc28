import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { Link as RouterLink, useNavigate } from 'react-router';
import type { WorklistItem } from '../api/queries.ts';
import { DataTable, WIDE_ONLY } from '../ui/DataTable.tsx';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ImageCounts } from '../ui/ImageCounts.tsx';
import { LoadingRows } from '../ui/LoadingRows.tsx';
import { ReadingChip } from '../ui/ReadingChip.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { ReadingProgress } from './ReadingProgress.tsx';
import { workPath, workVerb } from './worklist.ts';

interface WorklistTableProps {
  /** Undefined while loading. */
  items: WorklistItem[] | undefined;
  /** Whether there is anything besides what is shown. */
  isFiltered: boolean;
  onShowAll: () => void;
}

export function WorklistTable({ items, isFiltered, onShowAll }: WorklistTableProps) {
  return (
    <DataTable
      label="Work list"
      footer={items?.length === 0 && <NothingHere {...{ isFiltered, onShowAll }} />}
    >
      <TableHead>
        <TableRow>
          <TableCell>Patient</TableCell>
          <TableCell>Reading</TableCell>
          <TableCell>Fields read</TableCell>
          <TableCell>Images</TableCell>
          <TableCell sx={WIDE_ONLY}>Hospital</TableCell>
          <TableCell sx={WIDE_ONLY}>Last image</TableCell>
          <TableCell />
        </TableRow>
      </TableHead>
      <TableBody>
        {items ? (
          items.map((item) => <WorklistRow key={item.lavageId} item={item} />)
        ) : (
          <LoadingRows columns={7} />
        )}
      </TableBody>
    </DataTable>
  );
}

function WorklistRow({ item }: { item: WorklistItem }) {
  const navigate = useNavigate();
  const { patient, accessionNumber, diagnoses } = item;
  return (
    <TableRow
      hover
      onClick={({ target }) => {
        if (!(target as Element).closest('a, button')) navigate(workPath(item));
      }}
      sx={{ cursor: 'pointer' }}
    >
      <TableCell component="th" scope="row" sx={{ maxWidth: 240 }}>
        <Truncated text={patient.name}>
          <Link
            component={RouterLink}
            to={`/patients/${patient.id}`}
            color="inherit"
            sx={{ fontWeight: 550 }}
          >
            {patient.name}
          </Link>
        </Truncated>
        <Typography variant="caption" component="div" color="textSecondary">
          <Truncated text={accessionNumber ?? 'No accession number'} />
        </Typography>
      </TableCell>
      <TableCell sx={{ maxWidth: 220 }}>
        <ReadingChip status={item.readingStatus} />
        {diagnoses.length > 0 && (
          <Typography variant="caption" component="div" color="textSecondary">
            <Truncated text={diagnoses.join(', ')} />
          </Typography>
        )}
      </TableCell>
      <TableCell>
        <ReadingProgress item={item} />
      </TableCell>
      <TableCell>
        <ImageCounts counts={item.samples} compact />
      </TableCell>
      <TableCell sx={{ ...WIDE_ONLY, maxWidth: 180 }}>
        <Truncated text={item.hospital} />
      </TableCell>
      <TableCell sx={WIDE_ONLY}>
        <DateText value={item.lastSampleAt} />
      </TableCell>
      <TableCell align="right" sx={{ py: 0.5 }}>
        <Button
          component={RouterLink}
          to={workPath(item)}
          data-row-link
          aria-label={`${workVerb(item)} ${patient.name}`}
        >
          {workVerb(item)}
        </Button>
      </TableCell>
    </TableRow>
  );
}

function NothingHere({ isFiltered, onShowAll }: Pick<WorklistTableProps, 'isFiltered' | 'onShowAll'>) {
  return isFiltered ? (
    <EmptyState
      title="Nothing here matches"
      action={
        <Button variant="outlined" onClick={onShowAll}>
          Show all lavages
        </Button>
      }
    />
  ) : (
    <EmptyState title="No lavages yet">
      Lavages show here as soon as a hospital of your laboratory has uploaded images. The page follows by
      itself.
    </EmptyState>
  );
}
