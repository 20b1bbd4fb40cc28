import Button from '@mui/material/Button';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { DataTable, WIDE_ONLY } from '../ui/DataTable.tsx';
import { DateText } from '../ui/DateText.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { LoadingRows } from '../ui/LoadingRows.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import type { ActivityEntry } from './activity-queries.ts';

interface ActivityTableProps {
  /** Undefined while loading. */
  entries: readonly ActivityEntry[] | undefined;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  onOlder: () => void;
}

export function ActivityTable({ entries, hasOlder, isLoadingOlder, onOlder }: ActivityTableProps) {
  return (
    <DataTable
      label="Activity"
      footer={
        entries?.length === 0 ? (
          <EmptyState title="Nothing was done">No entry matches what you chose.</EmptyState>
        ) : (
          hasOlder && (
            <Button onClick={onOlder} loading={isLoadingOlder} sx={{ m: 1 }}>
              Show older
            </Button>
          )
        )
      }
    >
      <TableHead>
        <TableRow>
          <TableCell>When</TableCell>
          <TableCell>Who</TableCell>
          <TableCell>What</TableCell>
          <TableCell sx={WIDE_ONLY}>On</TableCell>
          <TableCell sx={WIDE_ONLY}>From</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {entries ? (
          entries.map((entry) => <ActivityRow key={entry.id} entry={entry} />)
        ) : (
          <LoadingRows columns={5} />
        )}
      </TableBody>
    </DataTable>
  );
}

function ActivityRow({ entry }: { entry: ActivityEntry }) {
  const { at, user, activityType, description, metadata, entityType, entityId, address } = entry;
  return (
    <TableRow hover>
      <TableCell>
        <DateText value={at} />
      </TableCell>
      <TableCell sx={{ maxWidth: 160 }}>
        <Truncated text={user?.name ?? 'Nobody signed in'} />
      </TableCell>
      <TableCell sx={{ maxWidth: { xs: 320, lg: 420 } }}>
        <Truncated text={description} />
        <Typography variant="caption" component="div" color="textSecondary">
          <Truncated text={metadata ? `${activityType} ${JSON.stringify(metadata)}` : activityType} />
        </Typography>
      </TableCell>
      <TableCell sx={{ ...WIDE_ONLY, maxWidth: 160 }}>
        {entityType ?? '–'}
        {entityId && (
          <Typography variant="caption" component="div" color="textSecondary">
            <Truncated text={entityId} />
          </Typography>
        )}
      </TableCell>
      <TableCell sx={WIDE_ONLY}>{address ?? '–'}</TableCell>
    </TableRow>
  );
}
