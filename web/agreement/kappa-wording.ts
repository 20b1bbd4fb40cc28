/** Landis & Koch, Biometrics 1977;33:159: the lower end of each band of kappa. */
export const KAPPA_BANDS = [
  { from: 0, name: 'slight' },
  { from: 0.2, name: 'fair' },
  { from: 0.4, name: 'moderate' },
  { from: 0.6, name: 'substantial' },
  { from: 0.8, name: 'almost perfect' },
] as const;

export const KAPPA_SOURCE = 'Landis & Koch, Biometrics 1977;33:159';

/** "substantial agreement": a band includes its upper end, as its source has it. */
export function meaningOf(kappa: number): string {
  return kappa < 0 ? 'poor agreement, less than chance alone would give' : `${bandOf(kappa)} agreement`;
}

/** What the interval adds: readers must not take a band for settled that the counting error reaches out of. */
export function meaningWithin(kappa: number, interval: { lower: number; upper: number } | null): string {
  const meaning = meaningOf(kappa);
  if (!interval) return `${meaning}; the cells do not tell how certain that is`;
  const [lowest, highest] = [bandOf(interval.lower), bandOf(interval.upper)];
  if (lowest === highest) return meaning;
  return `${meaning}; within its interval anything from ${lowest} to ${highest}`;
}

function bandOf(kappa: number): string {
  if (kappa < 0) return 'poor';
  return (KAPPA_BANDS.findLast(({ from }) => kappa > from) ?? KAPPA_BANDS[0]).name;
}
