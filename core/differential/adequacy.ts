import { EPITHELIAL_PREFIX, MACROPHAGE } from '../cell-types.ts';
import type { LaboratorySettings } from '../laboratory-settings.ts';
import type { LavageCount } from './count.ts';
import { formatInterval, formatPercent } from './format.ts';
import { wilsonInterval } from './wilson.ts';

/** What one check says of a count. It advises; the pathologist decides on adequacy. */
export interface AdequacyCheck {
  code: string;
  name: string;
  outcome: 'pass' | 'limited' | 'fail' | 'not_assessable';
  /** The numbers compared, in words. */
  detail: string;
  source: string;
}

/** What of a laboratory's settings the checks need. */
type AdequacySettings = Pick<LaboratorySettings, 'adequacy' | 'cellTypes' | 'countTarget'>;

const CHAMBERLAIN_1987 = 'Chamberlain, Acta Cytol 1987;31:599';
const LABORATORY = "laboratory's choice";

/** What the limits that a laboratory sets rest on. */
export const ADEQUACY_SOURCES = {
  countTarget: LABORATORY,
  epithelialMaxPercent: LABORATORY,
  macrophagesPerMm2Min: `${CHAMBERLAIN_1987}, as a density by area`,
} as const;

/** Checks whether a count is enough and of the right place to be read as alveolar. */
export function checkAdequacy(count: LavageCount, settings: AdequacySettings): AdequacyCheck[] {
  const epithelial = settings.cellTypes
    .filter(({ code }) => code.startsWith(EPITHELIAL_PREFIX))
    .reduce((sum, { code }) => sum + (count.byType.get(code) ?? 0), 0);
  return [
    cellsCounted(count, settings.countTarget),
    epithelialShare(count, epithelial, settings.adequacy.epithelialMaxPercent),
    airwayCells(count, epithelial),
    macrophageDensity(count, settings.adequacy.macrophagesPerMm2Min),
    {
      code: 'reader-judgement',
      name: 'Mucopurulent exudate, degeneration, artefact',
      outcome: 'not_assessable',
      detail: "the reader's judgement",
      source: CHAMBERLAIN_1987,
    },
  ];
}

/** Too few cells make a count incomplete, not inadequate. */
function cellsCounted({ immune }: LavageCount, target: number): AdequacyCheck {
  const enough = immune >= target;
  return {
    code: 'cells-counted',
    name: 'Cells counted',
    outcome: enough ? 'pass' : 'limited',
    detail: `${immune} of ${target} immune cells${enough ? '' : ': incomplete'}`,
    source: ADEQUACY_SOURCES.countTarget,
  };
}

function epithelialShare({ nucleated }: LavageCount, epithelial: number, maxPercent: number): AdequacyCheck {
  const about = {
    code: 'epithelial-share',
    name: 'Epithelial cells among all nucleated cells',
    source: ADEQUACY_SOURCES.epithelialMaxPercent,
  };
  if (nucleated === 0)
    return { ...about, outcome: 'not_assessable', detail: 'no nucleated cells counted yet' };
  const percent = (100 * epithelial) / nucleated;
  const interval = formatInterval(wilsonInterval(epithelial, nucleated));
  return {
    ...about,
    outcome: percent > maxPercent ? 'fail' : 'pass',
    detail: `${epithelial} of ${nucleated}: ${formatPercent(percent)} (${interval}), limit ${maxPercent} %`,
  };
}

function airwayCells({ byType }: LavageCount, epithelial: number): AdequacyCheck {
  const macrophages = byType.get(MACROPHAGE) ?? 0;
  const about = {
    code: 'airway-cells',
    name: 'Airway cells against macrophages',
    source: CHAMBERLAIN_1987,
    detail: `${epithelial} airway cells (ciliated and squamous), ${macrophages} macrophages`,
  };
  if (epithelial + macrophages === 0) return { ...about, outcome: 'not_assessable' };
  return { ...about, outcome: epithelial > macrophages ? 'fail' : 'pass' };
}

/** By area, since a photograph is no high-power field; only over fields read whole and of known scale. */
function macrophageDensity({ fields }: LavageCount, minimum: number | null): AdequacyCheck {
  const about = {
    code: 'macrophage-density',
    name: 'Macrophages per mm²',
    source: ADEQUACY_SOURCES.macrophagesPerMm2Min,
  };
  const unknown = (detail: string) => ({ ...about, outcome: 'not_assessable' as const, detail });
  if (minimum === null) return unknown('the laboratory set no limit');
  let areaMm2 = 0;
  let macrophages = 0;
  for (const field of fields) {
    if (field.state !== 'complete' || field.areaMm2 === null) continue;
    areaMm2 += field.areaMm2;
    macrophages += field.byType.get(MACROPHAGE) ?? 0;
  }
  if (areaMm2 === 0) return unknown('no complete field with a known scale (µm per pixel)');
  const density = macrophages / areaMm2;
  return {
    ...about,
    outcome: density < minimum ? 'fail' : 'pass',
    detail: `${macrophages} in ${areaMm2.toFixed(2)} mm²: ${density.toFixed(0)} per mm², limit ${minimum}`,
  };
}
