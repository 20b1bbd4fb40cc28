import Box from '@mui/material/Box';
import { alpha } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import { type CellType, nameOfType } from '../../core/cell-types.ts';
import { countOf } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Truncated } from '../ui/Truncated.tsx';
import type { Pair } from './agreement-queries.ts';
import { commonestExchanges, confusionMatrix } from './confusion-matrix.ts';

interface ConfusionPanelProps {
  pair: Pair;
  first: string;
  second: string;
  cellTypes: readonly CellType[];
}

const MOST_EXCHANGES = 3;

/** Who called what how: a heat map in which every cell has its number. */
export function ConfusionPanel({ pair, first, second, cellTypes }: ConfusionPanelProps) {
  const { types, counts, rowTotals } = useMemo(
    () => confusionMatrix(pair.confusion, cellTypes),
    [pair.confusion, cellTypes],
  );
  const nameOf = (code: string) => nameOfType(cellTypes, code);
  const exchanges = commonestExchanges(pair.confusion).slice(0, MOST_EXCHANGES);
  return (
    <Panel title="Who called what how">
      <Box sx={{ px: 2, pb: 2, display: 'grid', gap: 1 }}>
        <Typography variant="body2">
          {exchanges.length === 0
            ? 'Every cell that both have was named alike.'
            : `Most often exchanged: ${exchanges
                .map(({ types: [one, other], count }) => `${nameOf(one)} and ${nameOf(other)} (${count})`)
                .join(', ')}.`}
        </Typography>
        <Box sx={{ overflowX: 'auto' }}>
          <Box
            component="table"
            aria-label={`Cells that both have: rows as ${first} named them, columns as ${second} did`}
            sx={{ borderCollapse: 'separate', borderSpacing: '2px', fontSize: 13 }}
          >
            <thead>
              <tr>
                <Box component="td" />
                <Box component="th" colSpan={types.length} sx={{ ...READER, textAlign: 'left' }}>
                  <Box sx={{ maxWidth: Math.max(160, types.length * 56) }}>
                    <Truncated text={`${second} →`} />
                  </Box>
                </Box>
              </tr>
              <tr>
                <Box
                  component="th"
                  scope="col"
                  sx={{ ...READER, verticalAlign: 'bottom', textAlign: 'right' }}
                >
                  <Box sx={{ maxWidth: 200 }}>
                    <Truncated text={`${first} ↓`} />
                  </Box>
                </Box>
                {types.map((code) => (
                  <Box key={code} component="th" scope="col" title={nameOf(code)} sx={COLUMN_NAME}>
                    {nameOf(code)}
                  </Box>
                ))}
              </tr>
            </thead>
            <tbody>
              {types.map((code, row) => (
                <tr key={code}>
                  <Box component="th" scope="row" sx={{ fontWeight: 400, textAlign: 'right', pr: 1 }}>
                    <Box sx={{ maxWidth: 200 }}>
                      <Truncated text={nameOf(code)} />
                    </Box>
                  </Box>
                  {counts[row].map((count, column) => (
                    <Heat
                      key={types[column]}
                      count={count}
                      share={rowTotals[row] > 0 ? count / rowTotals[row] : 0}
                      isAlike={row === column}
                    />
                  ))}
                </tr>
              ))}
            </tbody>
          </Box>
        </Box>
        <Typography variant="caption" color="textSecondary">
          {countOf(pair.matched, 'cell')} that both have. Colour: share of the row. Outlined: named alike.
        </Typography>
      </Box>
    </Panel>
  );
}

const READER = { fontSize: 12, fontWeight: 600, color: 'text.secondary', pr: 1 } as const;
const COLUMN_NAME = {
  height: 120,
  maxHeight: 120,
  p: 0.5,
  writingMode: 'vertical-rl',
  rotate: '180deg',
  textAlign: 'left',
  fontWeight: 400,
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'nowrap',
} as const;

/** Light enough at its darkest for the number on it to be read. */
const DARKEST = 0.42;

function Heat({ count, share, isAlike }: { count: number; share: number; isAlike: boolean }) {
  return (
    <Box
      component="td"
      className="tabular"
      sx={({ palette }) => ({
        width: 54,
        minWidth: 54,
        height: 34,
        textAlign: 'center',
        borderRadius: '3px',
        color: count === 0 ? 'text.secondary' : 'text.primary',
        fontWeight: count === 0 ? 400 : 600,
        outline: isAlike ? `1px solid ${palette.primary.main}` : undefined,
        outlineOffset: -1,
        backgroundColor: alpha(
          isAlike ? palette.primary.main : palette.error.main,
          DARKEST * Math.sqrt(share),
        ),
      })}
    >
      {count}
    </Box>
  );
}
