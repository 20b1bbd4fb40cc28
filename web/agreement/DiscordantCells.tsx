import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import TablePagination from '@mui/material/TablePagination';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { type CellType, nameOfType } from '../../core/cell-types.ts';
import { addressOfCell } from '../ui/cell-place.ts';
import { countOf } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import type { DiscordantCell, Pair } from './agreement-queries.ts';
import { CellCrop } from './CellCrop.tsx';
import { TypeName } from './TypeName.tsx';

const PER_PAGE = 24;
const ALL = 'all';
const NO_CELL = 'no cell';

interface DiscordantCellsProps {
  pair: Pair;
  first: string;
  second: string;
  cellTypes: readonly CellType[];
}

/** The cells over which two readers differ, each with its picture and the way to it. */
export function DiscordantCells({ pair, first, second, cellTypes }: DiscordantCellsProps) {
  const [page, setPage] = useState(0);
  const [kind, setKind] = useState(ALL);
  const kinds = useMemo(() => kindsOf(pair.discordant, cellTypes), [pair.discordant, cellTypes]);
  const shown = kind === ALL ? pair.discordant : (kinds.find(({ value }) => value === kind)?.cells ?? []);
  const total = pair.matched - pair.alike + pair.onlyFirst + pair.onlySecond;
  return (
    <Panel title={`Cells they differ over (${total.toLocaleString('en')})`}>
      <Box sx={{ px: 2, pb: 2, display: 'grid', gap: 1.5 }}>
        {total === 0 ? (
          <Typography color="textSecondary" variant="body2">
            There are none in the fields that both completed.
          </Typography>
        ) : (
          <SelectField
            label="Show"
            value={kind}
            onChange={({ target }) => {
              setKind(target.value);
              setPage(0);
            }}
            options={[
              { value: ALL, label: `All, ${countOf(pair.discordant.length, 'cell')}` },
              ...kinds.map(({ value, label, cells }) => ({
                value,
                label: `${label}, ${countOf(cells.length, 'cell')}`,
              })),
            ]}
            sx={{ maxWidth: 480 }}
          />
        )}
        {pair.discordant.length < total && (
          <Typography color="textSecondary" variant="body2">
            The first {countOf(pair.discordant.length, 'cell')} of {total.toLocaleString('en')} are listed.
          </Typography>
        )}
        <Box component="ul" aria-label="Cells they differ over" sx={GRID}>
          {shown.slice(page * PER_PAGE, (page + 1) * PER_PAGE).map((cell) => (
            <Discordant
              key={`${cell.sampleId} ${Object.values(cell.box)} ${cell.first} ${cell.second}`}
              {...{ cell, first, second, cellTypes }}
            />
          ))}
        </Box>
        {shown.length > PER_PAGE && (
          <TablePagination
            component="div"
            count={shown.length}
            page={page}
            rowsPerPage={PER_PAGE}
            rowsPerPageOptions={[]}
            onPageChange={(_, next) => setPage(next)}
          />
        )}
      </Box>
    </Panel>
  );
}

const GRID = {
  m: 0,
  p: 0,
  listStyle: 'none',
  display: 'grid',
  gap: 1.5,
  gridTemplateColumns: 'repeat(auto-fill, minmax(260px, 1fr))',
} as const;

interface DiscordantProps {
  cell: DiscordantCell;
  first: string;
  second: string;
  cellTypes: readonly CellType[];
}

function Discordant({ cell, first, second, cellTypes }: DiscordantProps) {
  return (
    <Box
      component="li"
      sx={{
        display: 'flex',
        gap: 1.5,
        p: 1,
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        minWidth: 0,
      }}
    >
      <CellCrop sampleId={cell.sampleId} box={cell.box} />
      <Box sx={{ minWidth: 0, flex: 1, display: 'grid', alignContent: 'center', gap: 0.25 }}>
        <NamedBy reader={first} code={cell.first} cellTypes={cellTypes} />
        <NamedBy reader={second} code={cell.second} cellTypes={cellTypes} />
        <Link
          component={RouterLink}
          to={addressOfCell(cell.sampleId, cell.box)}
          aria-label={`Open in its image: ${nameOf(cell.first, cellTypes)} or ${nameOf(cell.second, cellTypes)}`}
        >
          Open in its image
        </Link>
      </Box>
    </Box>
  );
}

interface NamedByProps {
  reader: string;
  /** Null where this reader has no cell. */
  code: string | null;
  cellTypes: readonly CellType[];
}

function NamedBy({ reader, code, cellTypes }: NamedByProps) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Typography variant="caption" component="div" color="textSecondary" noWrap title={reader}>
        {reader}
      </Typography>
      {code === null ? (
        NO_CELL
      ) : (
        <TypeName
          name={nameOf(code, cellTypes)}
          color={cellTypes.find((type) => type.code === code)?.color}
        />
      )}
    </Box>
  );
}

const nameOf = (code: string | null, cellTypes: readonly CellType[]) =>
  code === null ? NO_CELL : nameOfType(cellTypes, code);

/** The differences by what was called what, most first. */
function kindsOf(cells: readonly DiscordantCell[], cellTypes: readonly CellType[]) {
  const kinds = new Map<string, { value: string; label: string; cells: DiscordantCell[] }>();
  for (const cell of cells) {
    const value = JSON.stringify([cell.first, cell.second]);
    const label = `${nameOf(cell.first, cellTypes)} → ${nameOf(cell.second, cellTypes)}`;
    const kind = kinds.get(value) ?? { value, label, cells: [] };
    kind.cells.push(cell);
    kinds.set(value, kind);
  }
  return [...kinds.values()].sort((one, other) => other.cells.length - one.cells.length);
}
