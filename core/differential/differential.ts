import { type CellType, UNCLASSIFIED } from '../cell-types.ts';
import type { LaboratorySettings, ReferenceRange, SmokingStatus } from '../laboratory-settings.ts';
import { type AdequacyCheck, checkAdequacy } from './adequacy.ts';
import { countLavage, type LavageCount, type ReadField, sumOf } from './count.ts';
import { applyRules, type Measurements, type RuleResult } from './rules.ts';
import { cellsToSettle, contains, type Interval, wilsonInterval } from './wilson.ts';

/** One line of the differential table. */
export interface DifferentialRow {
  cellType: string;
  name: string;
  color: string;
  count: number;
  /** Share of immune cells; null for types outside that denominator, and while nothing was counted. */
  percentImmune: number | null;
  intervalImmune: Interval | null;
  /** Share of all nucleated cells. */
  percentNucleated: number | null;
  intervalNucleated: Interval | null;
  reference: { lower: number | null; upper: number | null; source: string } | null;
  flag: 'high' | 'low' | null;
  /** A threshold of the flag lies inside the interval: counting more would settle it. */
  uncertain: boolean;
  /** Further immune cells, at the present share, until none does; null when settled or out of reach. */
  cellsToSettle: number | null;
  /** Lowest and highest share among the fields with enough immune cells; null with fewer than two of them. */
  spreadBetweenFields: { lowestPercent: number; highestPercent: number; fields: number } | null;
}

export interface Differential {
  immuneCount: number;
  nucleatedCount: number;
  unclassifiedCount: number;
  countTarget: number;
  cellsStillNeeded: number;
  /** Fields of the slides that count in the differential. */
  fields: { total: number; complete: number; excluded: number; unread: number };
  rows: DifferentialRow[];
  adequacy: AdequacyCheck[];
  rules: RuleResult[];
}

/** What is known of the patient and the fluid beside the cells. */
export interface LavageFacts {
  smokingStatus: SmokingStatus | null;
  measurements: Measurements;
}

/** Immune cells that a field needs for its shares to enter the spread: own choice. */
const FEWEST_FOR_SPREAD = 20;

/**
 * The differential of a lavage from one reader's fields: counts, shares of both denominators with their Wilson 95 %
 * intervals, flags against the laboratory's reference, adequacy checks and rules.
 */
export function differentialOf(
  fields: readonly ReadField[],
  facts: LavageFacts,
  settings: LaboratorySettings,
): Differential {
  const count = countLavage(fields, settings);
  const inState = (state: ReadField['state']) => count.fields.filter((field) => field.state === state).length;
  return {
    immuneCount: count.immune,
    nucleatedCount: count.nucleated,
    unclassifiedCount: count.byType.get(UNCLASSIFIED) ?? 0,
    countTarget: settings.countTarget,
    cellsStillNeeded: Math.max(0, settings.countTarget - count.immune),
    fields: {
      total: count.fields.length,
      complete: inState('complete'),
      excluded: inState('excluded'),
      unread: inState('unread'),
    },
    rows: rowsOf(count, facts.smokingStatus, settings),
    adequacy: checkAdequacy(count, settings),
    rules: applyRules(count, facts.measurements, settings),
  };
}

function rowsOf(
  count: LavageCount,
  smokingStatus: SmokingStatus | null,
  { cellTypes, referenceRanges }: LaboratorySettings,
): DifferentialRow[] {
  const immunePerField = count.fields.map(({ byType }) => ({
    byType,
    immune: sumOf(byType, cellTypes, 'immune'),
  }));
  const largeFields = immunePerField.filter(({ immune }) => immune >= FEWEST_FOR_SPREAD);
  return cellTypes.map((type) => {
    const cells = count.byType.get(type.code) ?? 0;
    const immune = shareOf(cells, type.immune ? count.immune : 0);
    const nucleated = shareOf(cells, type.nucleated ? count.nucleated : 0);
    const reference = type.immune ? referenceFor(type.code, smokingStatus, referenceRanges) : undefined;
    return {
      cellType: type.code,
      name: type.name,
      color: type.color,
      count: cells,
      percentImmune: immune.percent,
      intervalImmune: immune.interval,
      percentNucleated: nucleated.percent,
      intervalNucleated: nucleated.interval,
      reference: reference
        ? { lower: reference.lowerPercent, upper: reference.upperPercent, source: reference.source }
        : null,
      ...flagOf(cells, count.immune, reference),
      spreadBetweenFields: type.immune ? spreadOf(type, largeFields) : null,
    };
  });
}

function shareOf(cells: number, total: number): { percent: number | null; interval: Interval | null } {
  if (total === 0) return { percent: null, interval: null };
  return { percent: (100 * cells) / total, interval: wilsonInterval(cells, total) };
}

/** The laboratory's range for this type: that of the smoking status where there is one, else the general one. */
export function referenceFor(
  cellType: string,
  smokingStatus: SmokingStatus | null,
  ranges: readonly ReferenceRange[],
): ReferenceRange | undefined {
  const ofType = ranges.filter((range) => range.cellType === cellType);
  return (
    ofType.find((range) => range.smokingStatus !== undefined && range.smokingStatus === smokingStatus) ??
    ofType.find((range) => range.smokingStatus === undefined)
  );
}

function flagOf(
  cells: number,
  immune: number,
  reference: ReferenceRange | undefined,
): Pick<DifferentialRow, 'flag' | 'uncertain' | 'cellsToSettle'> {
  if (!reference || immune === 0) return { flag: null, uncertain: false, cellsToSettle: null };
  const percent = (100 * cells) / immune;
  const upper = reference.upperPercent;
  const lower = reference.flagLow ? reference.lowerPercent : null;
  const interval = wilsonInterval(cells, immune);
  const bounds = [upper, lower].filter((bound) => bound !== null);
  const unsettled = bounds.filter((bound) => contains(interval, bound));
  const more = unsettled.map((bound) => cellsToSettle(cells, immune, bound));
  return {
    flag: upper !== null && percent > upper ? 'high' : lower !== null && percent < lower ? 'low' : null,
    uncertain: unsettled.length > 0,
    cellsToSettle: more.length === 0 ? null : more.reduce(furthest),
  };
}

/** null is out of reach. */
function furthest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

function spreadOf(
  type: CellType,
  fields: readonly { byType: ReadonlyMap<string, number>; immune: number }[],
): DifferentialRow['spreadBetweenFields'] {
  if (fields.length < 2) return null;
  const percents = fields.map(({ byType, immune }) => (100 * (byType.get(type.code) ?? 0)) / immune);
  return {
    lowestPercent: Math.min(...percents),
    highestPercent: Math.max(...percents),
    fields: fields.length,
  };
}
