import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableContainer from '@mui/material/TableContainer';
import type { KeyboardEvent, ReactNode } from 'react';

/** Style of columns that small screens leave out. */
export const WIDE_ONLY = { display: { xs: 'none', lg: 'table-cell' } };

interface DataTableProps {
  label: string;
  /** A TableHead and a TableBody. */
  children: ReactNode;
  /** Below the table, inside its frame: paging, an empty state. */
  footer?: ReactNode;
}

/** A framed table. Arrow keys move between the links marked `data-row-link`. */
export function DataTable({ label, children, footer }: DataTableProps) {
  return (
    <Paper variant="outlined">
      <TableContainer onKeyDown={moveBetweenRows}>
        <Table
          aria-label={label}
          sx={
            footer ? undefined : { '& tbody tr:last-of-type td, & tbody tr:last-of-type th': { border: 0 } }
          }
        >
          {children}
        </Table>
      </TableContainer>
      {footer}
    </Paper>
  );
}

function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !(event.target instanceof HTMLAnchorElement)) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')];
  const at = links.findIndex((link) => link.closest('tr') === (event.target as HTMLElement).closest('tr'));
  const next = links[at + step];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
