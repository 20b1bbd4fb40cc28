/** Two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

type Pairs = readonly (readonly [string, string])[];

/**
 * Cohen's kappa of two readers who named the same cells: (p_o - p_e) / (1 - p_e), with p_o the share they named alike
 * and p_e the share expected by chance from how often each used each name (Cohen, Educ Psychol Meas 1960;20:37).
 * @param pairs the two names of each cell, in either order of readers throughout
 * @returns -1 to 1; null without cells, and where both gave every cell the same one name, which leaves nothing to chance
 */
export function cohensKappa(pairs: Pairs): number | null {
  const { observed, expected } = sharesOf(pairs);
  return pairs.length === 0 || expected === 1 ? null : (observed - expected) / (1 - expected);
}

/**
 * The 95 % interval of Cohen's kappa from its large-sample variance (Fleiss, Cohen & Everitt, Psychol Bull
 * 1969;72:323, equation 13). It covers the counting error only, and takes the cells as independent.
 * @param pairs as for `cohensKappa`
 * @returns bounds within -1 to 1; null without a kappa, and where the variance is 0: it then says nothing of how far
 *   more cells could move kappa
 */
export function kappaInterval(pairs: Pairs): { lower: number; upper: number } | null {
  const kappa = cohensKappa(pairs);
  if (kappa === null) return null;
  const { expected, shareByFirst, shareBySecond } = sharesOf(pairs);
  let sum = 0;
  for (const [one, other] of pairs) {
    sum +=
      one === other
        ? (1 - (shareByFirst(one) + shareBySecond(one)) * (1 - kappa)) ** 2
        : (1 - kappa) ** 2 * (shareBySecond(one) + shareByFirst(other)) ** 2;
  }
  const spread = sum / pairs.length - (kappa - expected * (1 - kappa)) ** 2;
  if (spread < 1e-12) return null;
  const half = (Z * Math.sqrt(spread / pairs.length)) / (1 - expected);
  return { lower: Math.max(-1, kappa - half), upper: Math.min(1, kappa + half) };
}

/** How often, of all pairs, the readers agreed and would by chance, and how often each used each name. */
function sharesOf(pairs: Pairs) {
  const [first, second] = [new Map<string, number>(), new Map<string, number>()];
  let alike = 0;
  for (const [one, other] of pairs) {
    first.set(one, (first.get(one) ?? 0) + 1);
    second.set(other, (second.get(other) ?? 0) + 1);
    if (one === other) alike++;
  }
  let expected = 0;
  for (const [name, count] of first) expected += (count * (second.get(name) ?? 0)) / pairs.length ** 2;
  const shareIn = (uses: ReadonlyMap<string, number>) => (name: string) =>
    (uses.get(name) ?? 0) / pairs.length;
  return {
    observed: alike / pairs.length,
    expected,
    shareByFirst: shareIn(first),
    shareBySecond: shareIn(second),
  };
}
