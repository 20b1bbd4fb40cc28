import Table from '@mui/material/Table';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { ReactNode } from 'react';

interface SettingsTableProps {
  label: string;
  /** One without a width takes what is left. */
  columns: readonly { name: string; width?: number; align?: 'center' | 'right' }[];
  /** A TableBody of the same columns. */
  children: ReactNode;
}

/** A table of fields: tight, its fields in line with the names of their columns. */
export function SettingsTable({ label, columns, children }: SettingsTableProps) {
  return (
    <TableContainer sx={{ borderTop: 1, borderColor: 'divider' }}>
      <Table
        size="small"
        aria-label={label}
        sx={{
          '& .MuiTableCell-root': { px: 0.5, py: 0.5, verticalAlign: 'top' },
          '& td:first-of-type, & th:first-of-type': { pl: 2 },
        }}
      >
        <TableHead>
          <TableRow>
            {columns.map(({ name, width, align }, at) => (
              <TableCell
                key={name || at}
                align={align}
                sx={{ width: width ?? '100%', minWidth: width ?? 200 }}
              >
                {name}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        {children}
      </Table>
    </TableContainer>
  );
}
