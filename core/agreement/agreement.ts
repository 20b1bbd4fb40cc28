import { type CountingRules, countedCells, type ReadField } from '../differential/count.ts';
import type { Box } from '../differential/edges.ts';
import { cohensKappa, kappaInterval } from './kappa.ts';
import { matchCells } from './match-cells.ts';

/** A cell that two readers named differently, or that one of them has not; null for none. */
export interface DiscordantCell {
  sampleId: string;
  box: Box;
  first: string | null;
  second: string | null;
}

/** How many cells one reader called the one and the other reader the other. */
export interface NamedAs {
  first: string;
  second: string;
  count: number;
}

export interface Agreement {
  /** Fields that both readers marked complete; only these are compared. */
  fields: number;
  /** Cells that both readers have. */
  matched: number;
  /** Of these, the ones they named alike. */
  alike: number;
  onlyFirst: number;
  onlySecond: number;
  /** Cohen's kappa over the matched cells; null when nothing was left to chance. */
  kappa: number | null;
  /** 95 %, the counting error only; null where the cells do not tell. */
  kappaInterval: { lower: number; upper: number } | null;
  /** The matched cells by what each reader called them, those alike too; pairs of names without cells are left out. */
  confusion: NamedAs[];
  discordant: DiscordantCell[];
}

/**
 * Compares what counts in two readings of one lavage, cell by cell.
 * @param first the fields of one reading, boxes in image pixels
 * @param second the fields of the other
 * @param rules which cells count as what
 */
export function agreementOf(
  first: readonly ReadField[],
  second: readonly ReadField[],
  rules: CountingRules,
): Agreement {
  const completeBySecond = new Map(second.filter(isComplete).map((field) => [field.sampleId, field]));
  const agreement: Agreement = {
    fields: 0,
    matched: 0,
    alike: 0,
    onlyFirst: 0,
    onlySecond: 0,
    kappa: null,
    kappaInterval: null,
    confusion: [],
    discordant: [],
  };
  const named: [string, string][] = [];
  for (const field of first.filter(isComplete)) {
    const other = completeBySecond.get(field.sampleId);
    if (!other) continue;
    agreement.fields++;
    for (const { first: one, second: two } of matchCells(
      [...countedCells(field, rules)],
      [...countedCells(other, rules)],
    )) {
      if (!two) agreement.onlyFirst++;
      else if (!one) agreement.onlySecond++;
      else {
        agreement.matched++;
        named.push([one.cellType, two.cellType]);
        if (one.cellType === two.cellType) {
          agreement.alike++;
          continue;
        }
      }
      agreement.discordant.push({
        sampleId: field.sampleId,
        box: (one ?? two)!.box,
        first: one?.cellType ?? null,
        second: two?.cellType ?? null,
      });
    }
  }
  return {
    ...agreement,
    kappa: cohensKappa(named),
    kappaInterval: kappaInterval(named),
    confusion: confusionOf(named),
  };
}

function confusionOf(named: readonly (readonly [string, string])[]): NamedAs[] {
  const byNames = new Map<string, NamedAs>();
  for (const [first, second] of named) {
    const names = `${first}\n${second}`;
    const known = byNames.get(names);
    if (known) known.count++;
    else byNames.set(names, { first, second, count: 1 });
  }
  return [...byNames.values()];
}

const isComplete = ({ state, countsInDifferential }: ReadField) =>
  state === 'complete' && countsInDifferential;
