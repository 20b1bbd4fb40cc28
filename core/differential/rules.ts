import type {
  InterpretationRule,
  LaboratorySettings,
  Measurement,
  RuleCondition,
} from '../laboratory-settings.ts';
import type { LavageCount } from './count.ts';
import { formatInterval, formatPercent } from './format.ts';
import { wilsonInterval } from './wilson.ts';

/** What was measured beside the cells; null where nothing was. */
export type Measurements = Record<Measurement, number | null>;

/** What a rule says of one count. */
export interface RuleResult {
  code: string;
  outcome: 'fires' | 'does_not_fire' | 'not_assessable';
  /** What the rule asks for, in words. */
  finding: string;
  readsAs: string;
  /** The numbers compared, in words. */
  detail: string;
  /** The counting error reaches across a threshold that decides this rule. */
  uncertain: boolean;
  source: string;
}

/** What of a laboratory's settings the rules need. */
type RuleSettings = Pick<LaboratorySettings, 'rules' | 'cellTypes'>;

/**
 * Holds every rule of a laboratory against a count.
 *
 * A rule fires when all its conditions hold. It is not assessable when one of its measurements lacks, and uncertain
 * when shares elsewhere in their 95 % intervals would change its outcome.
 */
export function applyRules(
  count: LavageCount,
  measurements: Measurements,
  settings: RuleSettings,
): RuleResult[] {
  return settings.rules.map((rule) => applyRule(rule, count, measurements, settings.cellTypes));
}

function applyRule(
  rule: InterpretationRule,
  count: LavageCount,
  measurements: Measurements,
  cellTypes: RuleSettings['cellTypes'],
): RuleResult {
  const nameOf = (code: string) => cellTypes.find((type) => type.code === code)?.name;
  const answers = rule.conditions.map((condition) => assess(condition, count, measurements, nameOf));
  const detail = answers.map((answer) => answer.detail).join('; ');
  const about = {
    code: rule.code,
    finding: rule.conditions.map((condition) => inWords(condition, nameOf)).join(' and '),
    readsAs: rule.readsAs,
    source: rule.source,
    detail,
  };
  const assessed = answers.filter((answer) => answer.holds !== null);
  if (assessed.length < answers.length) return { ...about, outcome: 'not_assessable', uncertain: false };
  const fires = assessed.every((answer) => answer.holds);
  const couldFire = assessed.every((answer) => answer.couldHold);
  const couldFail = assessed.some((answer) => answer.couldFail);
  return {
    ...about,
    outcome: fires ? 'fires' : 'does_not_fire',
    uncertain: couldFire && couldFail,
  };
}

/** Whether a condition holds, and whether it could or could not, within the counting error. */
type Answer =
  | { holds: boolean; couldHold: boolean; couldFail: boolean; detail: string }
  | { holds: null; detail: string };

const certainly = (holds: boolean, detail: string): Answer => ({
  holds,
  couldHold: holds,
  couldFail: !holds,
  detail,
});

type NameOf = (code: string) => string | undefined;

function assess(
  condition: RuleCondition,
  count: LavageCount,
  measurements: Measurements,
  nameOf: NameOf,
): Answer {
  switch (condition.kind) {
    case 'share':
      return assessShare(condition, count, nameOf);
    case 'counted': {
      const name = nameOf(condition.cellType);
      if (name === undefined) return { holds: null, detail: `${condition.cellType} is not counted here` };
      const cells = count.byType.get(condition.cellType) ?? 0;
      return certainly(cells >= condition.atLeast, `${name}: ${cells} counted`);
    }
    case 'measured': {
      const value = measurements[condition.measurement];
      const { name, unit } = MEASUREMENTS[condition.measurement];
      if (value === null) return { holds: null, detail: `${name} not measured` };
      const holds = condition.comparison === '>' ? value > condition.threshold : value >= condition.threshold;
      return certainly(
        holds,
        `${name} ${value}${unit}, threshold ${condition.comparison} ${condition.threshold}${unit}`,
      );
    }
    case 'missing': {
      const value = measurements[condition.measurement];
      const { name, unit } = MEASUREMENTS[condition.measurement];
      return certainly(value === null, value === null ? `${name} not measured` : `${name} ${value}${unit}`);
    }
  }
}

function assessShare(
  { cellType, abovePercent }: RuleCondition & { kind: 'share' },
  { byType, immune }: LavageCount,
  nameOf: NameOf,
): Answer {
  const name = nameOf(cellType);
  if (name === undefined) return { holds: null, detail: `${cellType} is not counted here` };
  if (immune === 0) return { holds: null, detail: 'no immune cells counted yet' };
  const cells = byType.get(cellType) ?? 0;
  const percent = (100 * cells) / immune;
  const interval = wilsonInterval(cells, immune);
  return {
    holds: percent > abovePercent,
    couldHold: interval.upperPercent > abovePercent,
    couldFail: interval.lowerPercent <= abovePercent,
    detail: `${name} ${formatPercent(percent)} (${formatInterval(interval)}), threshold > ${abovePercent} %`,
  };
}

function inWords(condition: RuleCondition, nameOf: NameOf): string {
  switch (condition.kind) {
    case 'share':
      return `${nameOf(condition.cellType) ?? condition.cellType} > ${condition.abovePercent} %`;
    case 'counted':
      return `${nameOf(condition.cellType) ?? condition.cellType} ≥ ${condition.atLeast}`;
    case 'measured': {
      const { name, unit } = MEASUREMENTS[condition.measurement];
      return `${name} ${condition.comparison} ${condition.threshold}${unit}`;
    }
    case 'missing':
      return `${MEASUREMENTS[condition.measurement].name} not measured`;
  }
}

export const MEASUREMENTS: Record<Measurement, { name: string; unit: string }> = {
  cd4Cd8: { name: 'CD4/CD8', unit: '' },
  siderophagePercent: { name: 'Siderophages among macrophages (iron stain)', unit: ' %' },
};
