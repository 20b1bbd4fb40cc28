import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Edit from '@mui/icons-material/EditOutlined';
import FileDownloadOutlined from '@mui/icons-material/FileDownloadOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { countOf } from '../ui/format.ts';
import { SearchField } from '../ui/SearchField.tsx';
import { ActDialog } from './ActDialog.tsx';
import { type Column, RecordTable } from './RecordTable.tsx';
import type { RecordAct } from './record-acts.ts';
import type { RecordView } from './record-view.ts';

interface Listed<T> {
  items: T[];
  total: number;
  totalIsLowerBound: boolean;
  next: string | null;
}

interface RecordsProps<T, S extends string> {
  label: string;
  /** What a row is called, one and many. */
  noun: readonly [string, string];
  searchLabel: string;
  /** Beside the search. */
  filters: ReactNode;
  view: RecordView<S>;
  list: UseQueryResult<Listed<T>>;
  exporting: UseMutationResult<void, unknown, void>;
  columns: readonly Column<T, S>[];
  idOf: (row: T) => string;
  nameOf: (row: T) => string;
  /** What can be done to the chosen rows; the first one also to a single row, by its button. */
  acts: readonly [RecordAct, ...RecordAct[]];
  editorOf: (row: T, onClose: () => void) => ReactNode;
}

/** One kind of records of all hospitals: found, ordered, gone through, corrected, and acted on together. */
export function Records<T, S extends string>(props: RecordsProps<T, S>) {
  const { label, noun, view, list, exporting, acts, idOf, nameOf } = props;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<{ act: RecordAct; rows: readonly T[] }>();
  const [edited, setEdited] = useState<T>();
  const rows = list.data?.items;
  // What left the page is not acted on unseen.
  const selectedRows = rows?.filter((row) => chosen.has(idOf(row))) ?? [];
  const [removal] = acts;
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, mb: 1 }}>
        <SearchField label={props.searchLabel} value={view.text} onChange={view.setText} />
        {props.filters}
      </Box>
      {exporting.isError && (
        <Box sx={{ mb: 2 }}>
          <ErrorNotice title="Nothing was exported." error={exporting.error} />
        </Box>
      )}
      {list.isError && (
        <Box sx={{ mb: 2 }}>
          <ErrorNotice
            title={`The ${noun[1]} could not be loaded.`}
            error={list.error}
            onRetry={() => void list.refetch()}
          />
        </Box>
      )}
      <ActBar
        shown={list.data && `${totalText(list.data, noun)}${view.isNarrowed ? ' found' : ''}`}
        selected={selectedRows.length === 0 ? undefined : countOf(selectedRows.length, ...noun)}
        acts={acts}
        onAct={(act) => setAsked({ act, rows: selectedRows })}
        onClear={() => setChosen(new Set())}
      >
        <Button
          variant="outlined"
          startIcon={<FileDownloadOutlined />}
          loading={exporting.isPending}
          title={`All ${noun[1]} that these filters find, as a CSV file`}
          onClick={() => exporting.mutate()}
        >
          Export
        </Button>
      </ActBar>
      {!(list.isError && !list.data) && (
        <RecordTable
          {...{ label, idOf, nameOf, rows }}
          columns={props.columns}
          sort={view.query.sort}
          onSort={view.setSort}
          selected={new Set(selectedRows.map(idOf))}
          onSelect={setChosen}
          isStale={list.isPlaceholderData}
          actionsOf={(row) => (
            <>
              <IconButton aria-label={`Edit ${nameOf(row)}`} onClick={() => setEdited(row)}>
                <Edit />
              </IconButton>
              <IconButton
                aria-label={`Remove ${nameOf(row)}`}
                onClick={() => setAsked({ act: removal, rows: [row] })}
              >
                <DeleteOutlined />
              </IconButton>
            </>
          )}
          footer={<Footer {...{ list: list.data, view, noun }} isStale={list.isPlaceholderData} />}
        />
      )}
      {asked && (
        <ActDialog
          act={asked.act}
          what={countOf(asked.rows.length, ...noun)}
          rows={asked.rows.map((row) => ({ id: idOf(row), name: nameOf(row) }))}
          onClose={() => setAsked(undefined)}
        />
      )}
      {edited && props.editorOf(edited, () => setEdited(undefined))}
    </>
  );
}

const totalText = ({ total, totalIsLowerBound }: Listed<unknown>, noun: readonly [string, string]) =>
  `${countOf(total, ...noun)}${totalIsLowerBound ? ' or more' : ''}`;

interface ActBarProps {
  shown: string | undefined;
  /** Undefined while no row is chosen. */
  selected: string | undefined;
  acts: readonly RecordAct[];
  onAct: (act: RecordAct) => void;
  onClear: () => void;
  /** At the right. */
  children: ReactNode;
}

function ActBar({ shown, selected, acts, onAct, onClear, children }: ActBarProps) {
  return (
    <Box
      sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, minHeight: 44, fontSize: 13 }}
    >
      {selected === undefined ? (
        <Typography variant="body2" color="textSecondary">
          {shown}
        </Typography>
      ) : (
        <>
          <Typography variant="body2" role="status" sx={{ fontWeight: 550, mr: 1 }}>
            {selected} selected
          </Typography>
          {acts.map((act) => (
            <Button
              key={act.label}
              variant="outlined"
              color={act.isDestructive ? 'error' : 'primary'}
              onClick={() => onAct(act)}
            >
              {act.label}
            </Button>
          ))}
          <Button color="inherit" onClick={onClear}>
            Clear
          </Button>
        </>
      )}
      <Box sx={{ ml: 'auto' }}>{children}</Box>
    </Box>
  );
}

interface FooterProps {
  list: Listed<unknown> | undefined;
  view: RecordView<string>;
  noun: readonly [string, string];
  /** Its cursor is of the former query, and means nothing in this one. */
  isStale: boolean;
}

function Footer({ list, view, noun, isStale }: FooterProps) {
  if (!list) return null;
  if (list.items.length === 0) {
    return (
      <EmptyState
        title={view.isNarrowed ? `No ${noun[0]} matches` : `No ${noun[1]} yet`}
        action={
          view.isNarrowed && (
            <Button variant="outlined" onClick={view.reset}>
              Show all {noun[1]}
            </Button>
          )
        }
      />
    );
  }
  if (view.page === 1 && list.next === null) return null;
  const { next } = list;
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'flex-end', gap: 1, p: 1 }}>
      <Typography variant="body2" color="textSecondary" sx={{ mr: 1 }}>
        Page {view.page}
      </Typography>
      <Button disabled={view.page === 1} onClick={view.toPrevious}>
        Previous
      </Button>
      <Button disabled={next === null || isStale} onClick={() => next !== null && view.toNext(next)}>
        Next
      </Button>
    </Box>
  );
}
