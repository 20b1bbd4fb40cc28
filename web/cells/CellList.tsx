import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { type CellFilter, listCells } from '../annotation/cell-list.ts';
import type { CellDescription, CellStore } from '../annotation/cell-store.ts';
import type { Selection } from '../annotation/selection.ts';
import { countOf } from '../ui/format.ts';
import { certaintyOf, originOf } from './cell-wording.ts';

const ROW_HEIGHT_PX = 40;

interface CellListProps {
  store: CellStore;
  selection: Selection;
  onShow: (cell: number) => void;
}

/** All cells of the field as a list, least sure first; only the rows in sight exist. */
export function CellList({ store, selection, onShow }: CellListProps) {
  const version = useSyncExternalStore(store.subscribe, store.getVersion);
  const selected = useSyncExternalStore(selection.subscribe, selection.getSnapshot);
  const [type, setType] = useState<number | null>(null);
  const [unreviewedOnly, setUnreviewedOnly] = useState(false);
  const [uncertainOnly, setUncertainOnly] = useState(false);
  const [ids] = useCellIds(store, version, { type, unreviewedOnly, uncertainOnly });
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 8,
  });
  return (
    <Stack sx={{ height: '100%', minHeight: 240 }} spacing={1}>
      <Stack direction="row" spacing={2} sx={{ alignItems: 'center' }}>
        <TextField
          select
          label="Type"
          value={type ?? 'all'}
          onChange={(event) => setType(event.target.value === 'all' ? null : Number(event.target.value))}
        >
          <MenuItem value="all">All types</MenuItem>
          {store.cellTypes.map((cellType, index) => (
            <MenuItem key={cellType.code} value={index}>
              {cellType.name}
            </MenuItem>
          ))}
        </TextField>
        <Stack>
          <FilterSwitch label="Not looked at" checked={unreviewedOnly} onChange={setUnreviewedOnly} />
          <FilterSwitch label="Uncertain" checked={uncertainOnly} onChange={setUncertainOnly} />
        </Stack>
      </Stack>
      <Typography variant="caption" color="textSecondary" role="status">
        {ids.length === 0 ? 'No cells fit.' : `${countOf(ids.length, 'cell')}, least sure first`}
      </Typography>
      <Box ref={scroller} sx={{ flex: 1, minHeight: 0, overflowY: 'auto', mx: -1 }}>
        <Box role="list" sx={{ position: 'relative', height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <CellRow
              key={ids[index]}
              cell={store.describe(ids[index])}
              top={start}
              current={selected.has(ids[index])}
              onShow={() => onShow(ids[index])}
            />
          ))}
        </Box>
      </Box>
    </Stack>
  );
}

interface FilterSwitchProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function FilterSwitch({ label, checked, onChange }: FilterSwitchProps) {
  return (
    <FormControlLabel
      label={label}
      control={<Switch size="small" checked={checked} onChange={(event) => onChange(event.target.checked)} />}
      sx={{ whiteSpace: 'nowrap', mx: 0, '& .MuiFormControlLabel-label': { fontSize: 13 } }}
    />
  );
}

/** The list for one version of the store. */
function useCellIds(store: CellStore, version: number, { type, unreviewedOnly, uncertainOnly }: CellFilter) {
  return useMemo(
    () => [listCells(store, { type, unreviewedOnly, uncertainOnly }), version] as const,
    [store, version, type, unreviewedOnly, uncertainOnly],
  );
}

interface CellRowProps {
  cell: CellDescription;
  top: number;
  current: boolean;
  onShow: () => void;
}

function CellRow({ cell, top, current, onShow }: CellRowProps) {
  return (
    <Box
      role="listitem"
      sx={{ position: 'absolute', insetInline: 0, height: ROW_HEIGHT_PX, transform: `translateY(${top}px)` }}
    >
      <ButtonBase
        onClick={onShow}
        aria-current={current || undefined}
        sx={{
          width: '100%',
          height: '100%',
          px: 1,
          gap: 1,
          borderRadius: 1,
          textAlign: 'left',
          bgcolor: current ? 'action.selected' : undefined,
          '&:hover': { bgcolor: 'action.hover' },
        }}
      >
        <Box
          sx={{ width: 12, height: 12, borderRadius: '3px', bgcolor: cell.cellType.color, flexShrink: 0 }}
        />
        <Box sx={{ flex: 1, minWidth: 0, lineHeight: '16px' }}>
          <Typography variant="body2" noWrap sx={{ lineHeight: '18px' }}>
            {cell.cellType.name}
          </Typography>
          <Typography
            variant="caption"
            color="textSecondary"
            noWrap
            component="div"
            sx={{ lineHeight: '14px' }}
          >
            {cell.comment || originOf(cell)}
          </Typography>
        </Box>
        <Typography variant="body2" color="textSecondary">
          {cell.uncertain && <span aria-hidden>? </span>}
          {certaintyOf(cell)}
        </Typography>
      </ButtonBase>
    </Box>
  );
}
