import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import type { CellType } from '../../core/cell-types.ts';
import { type Differential, shareOf } from '../differential/differential.ts';
import { IntervalAxis, IntervalBar } from '../differential/IntervalBar.tsx';
import { createShareFormat, type ShareFormat } from '../differential/share-format.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useLocale } from '../ui/locale.ts';
import { Panel } from '../ui/Panel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import { useDifferentialsOf } from './agreement-queries.ts';
import type { NamedReading } from './readers.ts';
import { TypeName } from './TypeName.tsx';

interface SharesPanelProps {
  lavageId: string;
  readings: readonly NamedReading[];
  cellTypes: readonly CellType[];
}

/** What each reader's count amounts to, beside each other. */
export function SharesPanel({ lavageId, readings, cellTypes }: SharesPanelProps) {
  const locale = useLocale();
  const format = useMemo(() => createShareFormat(locale), [locale]);
  const differentials = useDifferentialsOf(
    lavageId,
    readings.map(({ id }) => id),
  );
  const failed = differentials.find(({ isError, data }) => isError && !data);
  const loaded = differentials.flatMap(({ data }) => data ?? []);
  return (
    <Panel title="Percentages by reader">
      {failed ? (
        <Box sx={{ px: 2, pb: 2 }}>
          <ErrorNotice error={failed.error} onRetry={() => void failed.refetch()} />
        </Box>
      ) : loaded.length < readings.length ? (
        <Skeleton variant="rectangular" height={220} sx={{ mx: 2, mb: 2 }} />
      ) : (
        <>
          <SharesTable
            columns={readings.map(({ name }, at) => ({ name, differential: loaded[at] }))}
            cellTypes={cellTypes}
            format={format}
          />
          <Typography variant="caption" color="textSecondary" component="p" sx={{ px: 2, py: 1 }}>
            Of immune cells. Whisker: Wilson 95 % interval, counting error only. Band: reference range.
            Dashes: spread between fields. Square-root scale. Where the whiskers of two readers overlap,
            counting error alone may explain the difference.
          </Typography>
        </>
      )}
    </Panel>
  );
}

interface Column {
  name: string;
  differential: Differential;
}

interface SharesTableProps {
  columns: readonly Column[];
  cellTypes: readonly CellType[];
  format: ShareFormat;
}

function SharesTable({ columns, cellTypes, format }: SharesTableProps) {
  const counted = cellTypes.filter(
    ({ code, immune }) => immune || columns.some(({ differential }) => rowOf(differential, code)?.count),
  );
  return (
    <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
      <Table size="small" aria-label="Percentages by reader" sx={{ '& .MuiTableCell-root': { py: 0.5 } }}>
        <TableHead>
          <TableRow>
            <TableCell rowSpan={2} sx={{ minWidth: 140, verticalAlign: 'bottom' }}>
              Cell type
            </TableCell>
            {columns.map(({ name, differential }) => (
              <TableCell key={name} colSpan={3} sx={GROUP}>
                <Box sx={{ maxWidth: 260 }}>
                  <Truncated text={name} />
                </Box>
                <Box sx={{ fontWeight: 400 }}>{format.count(differential.immuneCount)} immune cells</Box>
              </TableCell>
            ))}
          </TableRow>
          <TableRow>
            {columns.map(({ name }) => (
              <HeadOfColumn key={name} />
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {counted.map(({ code, name, color }) => (
            <TableRow key={code} hover>
              <TableCell component="th" scope="row" sx={{ maxWidth: 220 }}>
                <TypeName name={name} color={color} />
              </TableCell>
              {columns.map((column) => (
                <ShareCells
                  key={column.name}
                  differential={column.differential}
                  code={code}
                  format={format}
                />
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function HeadOfColumn() {
  return (
    <>
      <TableCell align="right" sx={{ ...GROUP, width: 56, pl: '12px !important' }}>
        n
      </TableCell>
      <TableCell align="right" sx={{ width: 96 }}>
        %
      </TableCell>
      <TableCell aria-label="Picture of the share">
        <IntervalAxis />
      </TableCell>
    </>
  );
}

function ShareCells({
  differential,
  code,
  format,
}: {
  differential: Differential;
  code: string;
  format: ShareFormat;
}) {
  const row = rowOf(differential, code);
  if (!row) return <TableCell colSpan={3} sx={GROUP} />;
  const share = shareOf(row, 'immune');
  return (
    <>
      <TableCell align="right" className="tabular" sx={GROUP}>
        {format.count(row.count)}
      </TableCell>
      <TableCell align="right" className="tabular" sx={{ whiteSpace: 'nowrap', lineHeight: '16px' }}>
        <Box component="span" sx={{ fontWeight: 600 }}>
          {share.percent === null ? '–' : format.percent(share.percent)}
        </Box>
        {share.interval && (
          <Typography variant="caption" component="div" color="textSecondary">
            {format.range(share.interval.lowerPercent, share.interval.upperPercent)}
          </Typography>
        )}
      </TableCell>
      <TableCell>
        {share.percent !== null && <IntervalBar row={row} share={share} withReference format={format} />}
      </TableCell>
    </>
  );
}

/** Keeps the readers apart. */
const GROUP = { borderLeft: 1, borderLeftColor: 'divider' } as const;

const rowOf = ({ rows }: Differential, code: string) => rows.find((row) => row.cellType === code);
