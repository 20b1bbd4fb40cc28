import { useTheme } from '@mui/material/styles';
import type { DifferentialRow, Share } from './differential.ts';
import type { ShareFormat } from './share-format.ts';
import { SCALE_TICKS, scalePosition } from './share-scale.ts';

export const BAR_WIDTH_PX = 106;
const HEIGHT = 22;
const MIDDLE = HEIGHT / 2;
const WHISKER = 5;
/** Room for half a dot at both ends. */
const MARGIN = 4;

const xOf = (percent: number) => MARGIN + scalePosition(percent) * (BAR_WIDTH_PX - 2 * MARGIN);

interface IntervalBarProps {
  row: DifferentialRow;
  share: Share;
  /** The reference range and the spread hold for immune cells only. */
  withReference: boolean;
  format: ShareFormat;
}

/** One share as a dot with its 95 % whisker, over the reference range and the spread between fields. */
export function IntervalBar({ row, share, withReference, format }: IntervalBarProps) {
  const { palette } = useTheme();
  const reference = withReference ? row.reference : null;
  const spread = withReference ? row.spreadBetweenFields : null;
  const flagged = withReference && row.flag !== null;
  const ink = flagged ? palette.error.main : palette.text.primary;
  return (
    <svg
      width={BAR_WIDTH_PX}
      height={HEIGHT}
      viewBox={`0 0 ${BAR_WIDTH_PX} ${HEIGHT}`}
      role="img"
      aria-label={description(row, share, reference, format)}
      style={{ display: 'block' }}
    >
      <line x1={MARGIN} x2={BAR_WIDTH_PX - MARGIN} y1={MIDDLE} y2={MIDDLE} stroke={palette.divider} />
      {reference && (
        <rect
          x={xOf(reference.lower ?? 0)}
          width={xOf(reference.upper ?? 100) - xOf(reference.lower ?? 0)}
          y={3}
          height={HEIGHT - 6}
          rx={2}
          fill={palette.primary.main}
          fillOpacity={0.16}
        />
      )}
      {spread && (
        <line
          x1={xOf(spread.lowestPercent)}
          x2={xOf(spread.highestPercent)}
          y1={HEIGHT - 3}
          y2={HEIGHT - 3}
          stroke={palette.text.secondary}
          strokeWidth={2}
          strokeDasharray="2 2"
        />
      )}
      {share.interval && (
        <path
          d={whiskers(xOf(share.interval.lowerPercent), xOf(share.interval.upperPercent))}
          stroke={ink}
          strokeWidth={1.5}
          fill="none"
        />
      )}
      {share.percent !== null && (
        <circle cx={xOf(share.percent)} cy={MIDDLE} r={3.5} fill={row.color} stroke={ink} strokeWidth={1} />
      )}
    </svg>
  );
}

/** The scale above the bars. */
export function IntervalAxis() {
  const { palette } = useTheme();
  return (
    <svg
      width={BAR_WIDTH_PX}
      height={14}
      viewBox={`0 0 ${BAR_WIDTH_PX} 14`}
      aria-hidden
      style={{ display: 'block' }}
    >
      {SCALE_TICKS.map((percent) => (
        <g key={percent}>
          <line x1={xOf(percent)} x2={xOf(percent)} y1={11} y2={14} stroke={palette.text.secondary} />
          <text
            x={xOf(percent)}
            y={9}
            fontSize={9}
            textAnchor={percent === 100 ? 'end' : 'middle'}
            fill={palette.text.secondary}
          >
            {percent}
          </text>
        </g>
      ))}
    </svg>
  );
}

function whiskers(from: number, to: number): string {
  const cap = (x: number) => `M${x} ${MIDDLE - WHISKER}V${MIDDLE + WHISKER}`;
  return `${cap(from)}M${from} ${MIDDLE}H${to}${cap(to)}`;
}

function description(
  row: DifferentialRow,
  share: Share,
  reference: DifferentialRow['reference'],
  format: ShareFormat,
): string {
  if (share.percent === null) return `${row.name}: nothing counted yet`;
  const parts = [`${row.name} ${format.percent(share.percent)}`];
  if (share.interval) {
    parts.push(`95 % interval ${format.range(share.interval.lowerPercent, share.interval.upperPercent)}`);
  }
  if (reference) parts.push(`reference ${format.reference(reference.lower, reference.upper)} %`);
  return parts.join(', ');
}
