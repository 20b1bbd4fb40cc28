import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { capitalised, countOf } from '../ui/format.ts';
import { useLocale } from '../ui/locale.ts';
import { Panel } from '../ui/Panel.tsx';
import type { Pair } from './agreement-queries.ts';
import { KAPPA_BANDS, KAPPA_SOURCE, meaningWithin } from './kappa-wording.ts';

interface KappaPanelProps {
  pair: Pair;
  first: string;
  second: string;
}

/** Cohen's kappa with its interval, in words and as a picture, and what it is made of. */
export function KappaPanel({ pair, first, second }: KappaPanelProps) {
  const locale = useLocale();
  const { kappa, kappaInterval: interval, fields, matched, alike, onlyFirst, onlySecond } = pair;
  const number = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percentAlike = matched > 0 ? ` (${Math.round((100 * alike) / matched)} %)` : '';
  return (
    <Panel title="Agreement, cell by cell">
      <Box
        sx={{
          px: 2,
          pb: 2,
          display: 'grid',
          gap: 3,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 1fr) minmax(0, 1fr)' },
        }}
      >
        <Box>
          {kappa === null ? (
            <Typography>{whyNoKappa(pair)}</Typography>
          ) : (
            <>
              <Typography sx={{ fontSize: 20, lineHeight: '28px', fontWeight: 600 }} className="tabular">
                Cohen's kappa {number.format(kappa)}
                {interval && (
                  <Box component="span" sx={{ fontSize: 14, fontWeight: 400, color: 'text.secondary' }}>
                    {` 95 %: ${number.format(interval.lower)} to ${number.format(interval.upper)}`}
                  </Box>
                )}
              </Typography>
              <Typography sx={{ mb: 1 }}>{capitalised(meaningWithin(kappa, interval))}.</Typography>
              <KappaScale kappa={kappa} interval={interval} />
              <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 0.5 }}>
                Kappa is how much more often than by chance two readers give a cell the same name: 0 is
                chance, 1 is always. Bands: {KAPPA_SOURCE}, a convention. Interval: large-sample variance
                (Fleiss, Cohen & Everitt, Psychol Bull 1969;72:323), counting error only.
              </Typography>
            </>
          )}
        </Box>
        <Box component="dl" sx={FACTS}>
          <Fact name="Fields that both completed" value={countOf(fields, 'field')} />
          <Fact name="Cells that both have" value={countOf(matched, 'cell')} />
          <Fact name="of these named alike" value={`${countOf(alike, 'cell')}${percentAlike}`} />
          <Fact name={`Only ${first} has`} value={countOf(onlyFirst, 'cell')} />
          <Fact name={`Only ${second} has`} value={countOf(onlySecond, 'cell')} />
        </Box>
      </Box>
    </Panel>
  );
}

const FACTS = {
  m: 0,
  display: 'grid',
  gridTemplateColumns: 'minmax(0, 1fr) auto',
  columnGap: 2,
  rowGap: 0.75,
  overflowWrap: 'anywhere',
} as const;

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <Box component="dt" sx={{ color: 'text.secondary' }}>
        {name}
      </Box>
      <Box component="dd" className="tabular" sx={{ m: 0, textAlign: 'right' }}>
        {value}
      </Box>
    </>
  );
}

function whyNoKappa({ fields, matched }: Pair): string {
  if (fields === 0) return 'No field was marked complete by both, so there is nothing to compare.';
  if (matched === 0) return 'No cell was marked by both in the fields that both completed.';
  return 'Both gave every cell the same one name. Kappa says nothing then: chance alone would have them agree.';
}

const WIDTH = 360;
const HEIGHT = 44;
const MARGIN = 8;
const MIDDLE = 12;
/** As far as the axis goes below chance, where there is little to tell apart. */
const LOWEST = -0.2;

/** Kappa as a dot with its whisker over the bands that give it a name. */
function KappaScale({ kappa, interval }: { kappa: number; interval: Pair['kappaInterval'] }) {
  const { palette } = useTheme();
  const from = (interval?.lower ?? kappa) < 0 ? LOWEST : 0;
  const xOf = (value: number) =>
    MARGIN + ((Math.max(from, value) - from) / (1 - from)) * (WIDTH - 2 * MARGIN);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden
      style={{ display: 'block', width: '100%', maxWidth: 480 }}
    >
      {KAPPA_BANDS.map(({ from: start, name }, at) => (
        <g key={name}>
          <rect
            x={xOf(start)}
            width={xOf(start + 0.2) - xOf(start) - 1}
            y={2}
            height={20}
            fill={palette.primary.main}
            fillOpacity={0.06 + 0.07 * at}
          />
          <text x={xOf(start + 0.1)} y={40} fontSize={9} textAnchor="middle" fill={palette.text.secondary}>
            {name}
          </text>
        </g>
      ))}
      {[0, 0.2, 0.4, 0.6, 0.8, 1].map((tick) => (
        <text key={tick} x={xOf(tick)} y={30} fontSize={8} textAnchor="middle" fill={palette.text.secondary}>
          {tick}
        </text>
      ))}
      {interval && (
        <path
          d={`M${xOf(interval.lower)} 7V17M${xOf(interval.lower)} ${MIDDLE}H${xOf(interval.upper)}M${xOf(interval.upper)} 7V17`}
          stroke={palette.text.primary}
          strokeWidth={1.5}
          fill="none"
        />
      )}
      <circle cx={xOf(kappa)} cy={MIDDLE} r={4} fill={palette.primary.main} stroke={palette.text.primary} />
    </svg>
  );
}
