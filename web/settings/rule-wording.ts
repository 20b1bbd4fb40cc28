import { MEASUREMENTS } from '../../core/differential/rules.ts';
import type { RuleCondition } from '../../core/laboratory-settings.ts';

/** "Lymphocyte above 25 %": a condition as people say it. */
export function conditionText(condition: RuleCondition, nameOf: (code: string) => string): string {
  const number = (value: number) => (Number.isNaN(value) ? '…' : String(value));
  switch (condition.kind) {
    case 'share':
      return `${nameOf(condition.cellType)} above ${number(condition.abovePercent)} %`;
    case 'counted':
      return `${nameOf(condition.cellType)}: at least ${number(condition.atLeast)} counted`;
    case 'measured': {
      const { name, unit } = MEASUREMENTS[condition.measurement];
      const comparison = condition.comparison === '>' ? 'above' : 'at least';
      return `${name} ${comparison} ${number(condition.threshold)}${unit}`;
    }
    case 'missing':
      return `${MEASUREMENTS[condition.measurement].name} not measured`;
  }
}
