import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';

export type Differential = CallResult<Api['getDifferential']>;
export type DifferentialRow = Differential['rows'][number];
export type AdequacyCheck = Differential['adequacy'][number];
export type Rule = Differential['rules'][number];

/** What a percentage is a share of: a share without its denominator says nothing. */
export type Denominator = 'immune' | 'nucleated';

export const DENOMINATOR_NAMES: Record<Denominator, string> = {
  immune: 'immune cells',
  nucleated: 'all nucleated cells',
};

export interface Share {
  /** 0–100; null while nothing was counted. */
  percent: number | null;
  interval: { lowerPercent: number; upperPercent: number } | null;
}

export function shareOf(row: DifferentialRow, denominator: Denominator): Share {
  return denominator === 'immune'
    ? { percent: row.percentImmune, interval: row.intervalImmune }
    : { percent: row.percentNucleated, interval: row.intervalNucleated };
}

/** A cell type's part in the counts, by the laboratory's settings. */
type CountedType = { code: string; immune: boolean; nucleated: boolean };

/** Rows inside a denominator, and those counted apart; the settings say which, since shares are null at first. */
export function rowsByDenominator(
  rows: readonly DifferentialRow[],
  cellTypes: readonly CountedType[],
  denominator: Denominator,
): { counted: DifferentialRow[]; apart: DifferentialRow[] } {
  const inside = new Set(cellTypes.filter((type) => type[denominator]).map((type) => type.code));
  return {
    counted: rows.filter((row) => inside.has(row.cellType)),
    apart: rows.filter((row) => !inside.has(row.cellType)),
  };
}

export function denominatorCount(differential: Differential, denominator: Denominator): number {
  return denominator === 'immune' ? differential.immuneCount : differential.nucleatedCount;
}
