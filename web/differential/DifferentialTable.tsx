import ArrowDownward from '@mui/icons-material/ArrowDownward';
import ArrowUpward from '@mui/icons-material/ArrowUpward';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { type Denominator, type DifferentialRow, shareOf } from './differential.ts';
import { BAR_WIDTH_PX, IntervalAxis, IntervalBar } from './IntervalBar.tsx';
import type { ShareFormat } from './share-format.ts';

const NUMBER = { textAlign: 'right', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' } as const;
const TIGHT = {
  tableLayout: 'fixed',
  '& .MuiTableCell-root': { px: 0.5, py: 0.25, border: 0, fontSize: 13 },
  '& .MuiTableCell-head': { color: 'text.secondary', fontSize: 12, fontWeight: 500, verticalAlign: 'bottom' },
  '& td:first-of-type, & th:first-of-type': { pl: 0 },
  '& td:last-of-type, & th:last-of-type': { pr: 0 },
} as const;

interface DifferentialTableProps {
  rows: readonly DifferentialRow[];
  denominator: Denominator;
  format: ShareFormat;
}

export function DifferentialTable({ rows, denominator, format }: DifferentialTableProps) {
  return (
    <>
      <Table size="small" sx={TIGHT}>
        <TableHead>
          <TableRow>
            <TableCell>Type</TableCell>
            <TableCell sx={{ ...NUMBER, width: 36 }}>n</TableCell>
            <TableCell sx={{ ...NUMBER, width: 44 }}>%</TableCell>
            <TableCell aria-label="Picture of the share" sx={{ width: BAR_WIDTH_PX + 8 }}>
              <IntervalAxis />
            </TableCell>
            <TableCell sx={{ ...NUMBER, width: 76 }}>95 %</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <ShareRow key={row.cellType} row={row} denominator={denominator} format={format} />
          ))}
        </TableBody>
      </Table>
      <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 0.5 }}>
        Whisker: Wilson 95 % interval, counting error only.
        {denominator === 'immune' && ' Band: reference range. Dashes: spread between fields.'} Square-root
        scale.
      </Typography>
    </>
  );
}

function ShareRow({
  row,
  denominator,
  format,
}: Omit<DifferentialTableProps, 'rows'> & { row: DifferentialRow }) {
  const share = shareOf(row, denominator);
  const immune = denominator === 'immune';
  const notes = immune ? notesOf(row, format) : [];
  return (
    <>
      <TableRow>
        <TableCell>
          <TypeName row={row} />
        </TableCell>
        <TableCell sx={NUMBER}>{format.count(row.count)}</TableCell>
        <TableCell sx={{ ...NUMBER, fontWeight: 600 }}>
          {share.percent === null ? '–' : format.percent(share.percent).replace(/\D+$/, '')}
        </TableCell>
        <TableCell>
          <IntervalBar row={row} share={share} withReference={immune} format={format} />
        </TableCell>
        <TableCell sx={{ ...NUMBER, color: 'text.secondary', fontSize: '12px !important' }}>
          {share.interval ? format.range(share.interval.lowerPercent, share.interval.upperPercent) : '–'}
        </TableCell>
      </TableRow>
      {immune && (row.flag !== null || notes.length > 0) && (
        <TableRow>
          <TableCell colSpan={5} sx={{ pt: '0 !important', pb: '4px !important' }}>
            <Stack direction="row" spacing={1} sx={{ pl: 2, alignItems: 'center', flexWrap: 'wrap' }}>
              {row.flag && <Flag row={row} format={format} />}
              <Typography variant="caption" color="textSecondary">
                {notes.join(' · ')}
              </Typography>
            </Stack>
          </TableCell>
        </TableRow>
      )}
    </>
  );
}

function Flag({ row, format }: { row: DifferentialRow; format: ShareFormat }) {
  const Icon = row.flag === 'high' ? ArrowUpward : ArrowDownward;
  const reference = row.reference && format.reference(row.reference.lower, row.reference.upper);
  return (
    <Tooltip describeChild title={row.reference ? `Reference range: ${row.reference.source}` : ''}>
      <Stack
        direction="row"
        tabIndex={0}
        sx={{ gap: 0.5, color: 'error.main', alignItems: 'center', fontSize: 12, fontWeight: 600 }}
      >
        <Icon sx={{ fontSize: 14 }} aria-hidden />
        {row.flag === 'high' ? 'High' : 'Low'}
        {reference && `, reference ${reference} %`}
      </Stack>
    </Tooltip>
  );
}

/** What the numbers alone do not say: whether the count settles the flag, and how far fields lie apart. */
function notesOf(row: DifferentialRow, format: ShareFormat): string[] {
  const notes: string[] = [];
  if (row.uncertain) notes.push('not settled');
  if (row.cellsToSettle !== null)
    notes.push(
      `about ${format.count(row.cellsToSettle)} more ${row.cellsToSettle === 1 ? 'cell' : 'cells'} needed`,
    );
  const spread = row.spreadBetweenFields;
  if (spread && spread.fields > 1 && (row.flag !== null || row.uncertain)) {
    const range = format.range(spread.lowestPercent, spread.highestPercent);
    notes.push(`${range} % across ${spread.fields} fields`);
  }
  return notes;
}

function TypeName({ row }: { row: DifferentialRow }) {
  return (
    <Stack direction="row" spacing={0.75} sx={{ alignItems: 'center', minWidth: 0 }}>
      <Box sx={{ width: 10, height: 10, borderRadius: '2px', bgcolor: row.color, flexShrink: 0 }} />
      <Tooltip title={row.name} enterDelay={600}>
        <Typography variant="body2" noWrap>
          {row.name}
        </Typography>
      </Tooltip>
    </Stack>
  );
}

/** Counts outside the denominator: contamination, red cells, work to do, and atypical cells, raised at once. */
export function CountsApart({ rows, format }: { rows: readonly DifferentialRow[]; format: ShareFormat }) {
  const found = rows.filter((row) => row.count > 0);
  if (found.length === 0) return null;
  return (
    <Box component="section" aria-label="Counted apart" sx={{ mt: 1 }}>
      <Typography variant="caption" color="textSecondary">
        Counted apart
      </Typography>
      <Stack direction="row" sx={{ flexWrap: 'wrap', columnGap: 2, rowGap: 0.25 }}>
        {found.map((row) => (
          <Stack key={row.cellType} direction="row" spacing={0.75} sx={{ alignItems: 'center', minWidth: 0 }}>
            <TypeName row={row} />
            <Typography variant="body2" sx={{ fontVariantNumeric: 'tabular-nums', fontWeight: 600 }}>
              {format.count(row.count)}
            </Typography>
          </Stack>
        ))}
      </Stack>
    </Box>
  );
}
