import VisibilityOffOutlined from '@mui/icons-material/VisibilityOffOutlined';
import VisibilityOutlined from '@mui/icons-material/VisibilityOutlined';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import IconButton from '@mui/material/IconButton';
import Stack from '@mui/material/Stack';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { useSyncExternalStore } from 'react';
import type { CellType } from '../../core/cell-types.ts';
import type { CellStore } from '../annotation/cell-store.ts';
import type { SampleViewer } from '../viewer/sample-viewer.ts';

interface CellPaletteProps {
  store: CellStore;
  viewer: SampleViewer;
  /** Types of the current cell or selection, by index. */
  selectedTypes: ReadonlySet<number>;
  /** Gives the selected cells a type; absent for those who only read. */
  onRelabel?: (type: number) => void;
}

/** The cell types of this field: colour, key, how many were looked at of those present, and whether they show. */
export function CellPalette({ store, viewer, selectedTypes, onRelabel }: CellPaletteProps) {
  useSyncExternalStore(store.subscribe, store.getVersion);
  const { hiddenTypes } = useSyncExternalStore(viewer.subscribe, viewer.getState);
  const counts = store.counts();
  const setHidden = (type: number, hidden: boolean) => {
    const next = new Set(hiddenTypes);
    if (hidden) next.add(type);
    else next.delete(type);
    viewer.setHiddenTypes(next);
  };
  return (
    <Box component="section" aria-labelledby="palette-heading">
      <Stack direction="row" sx={{ justifyContent: 'space-between', alignItems: 'baseline', px: 1 }}>
        <Typography id="palette-heading" variant="h3">
          Cell types
        </Typography>
        <Typography variant="caption" color="textSecondary">
          looked at / found
        </Typography>
      </Stack>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, mt: 0.5 }}>
        {store.cellTypes.map((type, index) => (
          <PaletteRow
            key={type.code}
            type={type}
            reviewed={counts.reviewed[index] ?? 0}
            present={counts.present[index] ?? 0}
            selected={selectedTypes.has(index)}
            hidden={hiddenTypes.has(index)}
            onHide={(hidden) => setHidden(index, hidden)}
            onRelabel={onRelabel && (() => onRelabel(index))}
          />
        ))}
      </Box>
      <Totals reviewed={sum(counts.reviewed)} present={sum(counts.present)} />
    </Box>
  );
}

interface PaletteRowProps {
  type: CellType;
  reviewed: number;
  present: number;
  selected: boolean;
  hidden: boolean;
  onHide: (hidden: boolean) => void;
  onRelabel?: () => void;
}

function PaletteRow({ type, reviewed, present, selected, hidden, onHide, onRelabel }: PaletteRowProps) {
  const Eye = hidden ? VisibilityOffOutlined : VisibilityOutlined;
  return (
    <Stack
      component="li"
      direction="row"
      sx={{ alignItems: 'center', borderRadius: 1, bgcolor: selected ? 'action.selected' : undefined }}
    >
      <Tooltip
        title={onRelabel ? `${type.name}: give this type to the selected cells` : type.name}
        enterDelay={700}
      >
        <ButtonBase
          onClick={onRelabel}
          disabled={!onRelabel}
          aria-label={`${type.name}, key ${type.key || 'none'}, ${reviewed} looked at of ${present}`}
          aria-pressed={onRelabel ? selected : undefined}
          sx={{
            flex: 1,
            minWidth: 0,
            gap: 1,
            px: 1,
            height: 28,
            borderRadius: 1,
            justifyContent: 'flex-start',
            '&:hover': { bgcolor: 'action.hover' },
          }}
        >
          <Box
            sx={{
              width: 14,
              height: 14,
              flexShrink: 0,
              borderRadius: '3px',
              border: `2px solid ${type.color}`,
              bgcolor: hidden ? 'transparent' : type.color,
            }}
          />
          <KeyCap label={type.key} />
          <Typography
            variant="body2"
            noWrap
            sx={{ flex: 1, textAlign: 'left', opacity: hidden ? 0.6 : 1, fontWeight: selected ? 600 : 400 }}
          >
            {type.name}
          </Typography>
          <CountPair reviewed={reviewed} present={present} />
        </ButtonBase>
      </Tooltip>
      <IconButton
        aria-label={`${hidden ? 'Show' : 'Hide'} ${type.name}`}
        aria-pressed={hidden}
        onClick={() => onHide(!hidden)}
        sx={{ p: 0.5, color: hidden ? 'text.primary' : 'text.secondary' }}
      >
        <Eye sx={{ fontSize: 16 }} />
      </IconButton>
    </Stack>
  );
}

function CountPair({ reviewed, present }: { reviewed: number; present: number }) {
  return (
    <Typography
      variant="body2"
      component="span"
      sx={{ fontVariantNumeric: 'tabular-nums', color: present === 0 ? 'text.disabled' : 'text.primary' }}
    >
      {reviewed}
      <Box component="span" sx={{ color: present === 0 ? 'text.disabled' : 'text.secondary' }}>
        {' / '}
        {present}
      </Box>
    </Typography>
  );
}

/** A key as it is printed on a keyboard. */
export function KeyCap({ label }: { label: string }) {
  return (
    <Box
      component="kbd"
      sx={{
        minWidth: 18,
        px: 0.5,
        fontFamily: 'inherit',
        fontSize: 11,
        lineHeight: '16px',
        textAlign: 'center',
        color: 'text.secondary',
        border: 1,
        borderColor: label ? 'divider' : 'transparent',
        borderRadius: '3px',
        bgcolor: 'background.paper',
        whiteSpace: 'nowrap',
      }}
    >
      {label.length === 1 ? label.toUpperCase() : label}
    </Box>
  );
}

function Totals({ reviewed, present }: { reviewed: number; present: number }) {
  return (
    <Typography variant="caption" color="textSecondary" component="p" sx={{ px: 1, pt: 0.5 }}>
      {present === 0 ? 'No cells in this field.' : `${reviewed} of ${present} cells looked at`}
    </Typography>
  );
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
