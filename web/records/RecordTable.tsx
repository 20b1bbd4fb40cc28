import Checkbox from '@mui/material/Checkbox';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TableSortLabel from '@mui/material/TableSortLabel';
import type { ReactNode } from 'react';
import { DataTable, WIDE_ONLY } from '../ui/DataTable.tsx';
import { LoadingRows } from '../ui/LoadingRows.tsx';

/** One column of a list of records. The first one names the row. */
export interface Column<T, S extends string> {
  label: string;
  /** Orders that the head offers; a click begins with the first. */
  sorts?: readonly S[];
  isWideOnly?: boolean;
  cell: (row: T) => ReactNode;
}

interface RecordTableProps<T, S extends string> {
  label: string;
  columns: readonly Column<T, S>[];
  /** Undefined while loading. */
  rows: readonly T[] | undefined;
  idOf: (row: T) => string;
  nameOf: (row: T) => string;
  sort: S;
  onSort: (sort: S) => void;
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;
  /** The rows of the former query still show. */
  isStale: boolean;
  actionsOf: (row: T) => ReactNode;
  footer: ReactNode;
}

/** A table whose rows can be chosen, for acts over many. */
export function RecordTable<T, S extends string>(props: RecordTableProps<T, S>) {
  const { label, columns, rows, idOf, nameOf, sort, onSort, selected, onSelect, isStale } = props;
  const ids = rows?.map(idOf) ?? [];
  const isAll = ids.length > 0 && ids.every((id) => selected.has(id));
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  return (
    <DataTable label={label} footer={props.footer}>
      <TableHead>
        <TableRow>
          <TableCell padding="checkbox">
            <Checkbox
              size="small"
              sx={{ p: 0.5 }}
              checked={isAll}
              indeterminate={!isAll && selected.size > 0}
              disabled={ids.length === 0}
              onChange={() => onSelect(new Set(isAll ? [] : ids))}
              slotProps={{ input: { 'aria-label': 'Select all rows of this page' } }}
            />
          </TableCell>
          {columns.map((column) => (
            <ColumnHead key={column.label} {...{ column, sort, onSort }} />
          ))}
          <TableCell />
        </TableRow>
      </TableHead>
      <TableBody aria-busy={isStale} inert={isStale} sx={{ opacity: isStale ? 0.6 : 1 }}>
        {rows === undefined && <LoadingRows columns={columns.length + 2} />}
        {rows?.map((row) => {
          const id = idOf(row);
          return (
            <TableRow key={id} hover selected={selected.has(id)}>
              <TableCell padding="checkbox">
                <Checkbox
                  size="small"
                  sx={{ p: 0.5 }}
                  checked={selected.has(id)}
                  onChange={() => toggle(id)}
                  slotProps={{ input: { 'aria-label': `Select ${nameOf(row)}` } }}
                />
              </TableCell>
              {columns.map(({ label: name, isWideOnly, cell }, at) => (
                <TableCell
                  key={name}
                  {...(at === 0 ? { component: 'th', scope: 'row' } : {})}
                  sx={{ maxWidth: { xs: 126, md: 180, lg: 260 }, ...(isWideOnly ? WIDE_ONLY : {}) }}
                >
                  {cell(row)}
                </TableCell>
              ))}
              <TableCell align="right" sx={{ py: 0.5, whiteSpace: 'nowrap' }}>
                {props.actionsOf(row)}
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </DataTable>
  );
}

interface ColumnHeadProps<T, S extends string> {
  column: Column<T, S>;
  sort: S;
  onSort: (sort: S) => void;
}

function ColumnHead<T, S extends string>({ column, sort, onSort }: ColumnHeadProps<T, S>) {
  const { label, sorts, isWideOnly } = column;
  const sx = isWideOnly ? WIDE_ONLY : undefined;
  if (!sorts) return <TableCell sx={sx}>{label}</TableCell>;
  const at = sorts.indexOf(sort);
  const direction = (at < 0 ? sorts[0] : sort).startsWith('-') ? 'desc' : 'asc';
  return (
    <TableCell sortDirection={at < 0 ? false : direction} sx={sx}>
      <TableSortLabel
        active={at >= 0}
        direction={direction}
        onClick={() => onSort(sorts[(at + 1) % sorts.length])}
      >
        {label}
      </TableSortLabel>
    </TableCell>
  );
}
