import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { TypeCount } from './type-counts.ts';

/** The machine's cells by type: stored, as previewed, and the difference. */
export function CountTable({ counts }: { counts: readonly TypeCount[] }) {
  const total = (pick: (count: TypeCount) => number) => counts.reduce((sum, count) => sum + pick(count), 0);
  const hasPreview = counts.some(({ preview }) => preview !== null);
  return (
    <Table
      size="small"
      aria-label="Cells found, by type"
      sx={{
        '& td, & th': { px: 1, py: 0.25 },
        '& td:first-of-type, & th:first-of-type': { pl: 0 },
        '& td:last-of-type, & th:last-of-type': { pr: 0 },
        '& .MuiTableCell-alignRight': { fontVariantNumeric: 'tabular-nums' },
      }}
    >
      <TableHead>
        <TableRow>
          <TableCell>Cells found</TableCell>
          <TableCell align="right">Stored</TableCell>
          <TableCell align="right">Preview</TableCell>
          <TableCell align="right">Difference</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {counts.map(({ code, name, color, stored, preview }) => (
          <TableRow key={code}>
            <TableCell>
              <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 1 }}>
                <Box component="span" sx={{ width: 10, height: 10, borderRadius: '2px', bgcolor: color }} />
                {name}
              </Box>
            </TableCell>
            <Numbers stored={stored} preview={preview} />
          </TableRow>
        ))}
        <TableRow sx={{ '& td': { fontWeight: 600, borderBottom: 0 } }}>
          <TableCell>All</TableCell>
          <Numbers
            stored={total(({ stored }) => stored)}
            preview={hasPreview ? total(({ preview }) => preview ?? 0) : null}
          />
        </TableRow>
      </TableBody>
    </Table>
  );
}

function Numbers({ stored, preview }: { stored: number; preview: number | null }) {
  return (
    <>
      <TableCell align="right">{stored}</TableCell>
      <TableCell align="right">{preview ?? '–'}</TableCell>
      <TableCell align="right">{preview === null ? '–' : difference(preview - stored)}</TableCell>
    </>
  );
}

const difference = (change: number) => (change > 0 ? `+${change}` : change < 0 ? `−${-change}` : '0');
