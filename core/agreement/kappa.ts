/**
 * Cohen's kappa of two readers who named the same cells: (p_o - p_e) / (1 - p_e), with p_o the share they named alike
 * and p_e the share expected by chance from how often each used each name (Cohen, Educ Psychol Meas 1960;20:37).
 * @param pairs the two names of each cell, in either order of readers throughout
 * @returns -1 to 1; null without cells, and where both gave every cell the same one name, which leaves nothing to chance
 */
export function cohensKappa(pairs: readonly (readonly [string, string])[]): number | null {
  if (pairs.length === 0) return null;
  const [first, second] = [new Map<string, number>(), new Map<string, number>()];
  let alike = 0;
  for (const [one, other] of pairs) {
    first.set(one, (first.get(one) ?? 0) + 1);
    second.set(other, (second.get(other) ?? 0) + 1);
    if (one === other) alike++;
  }
  const observed = alike / pairs.length;
  let expected = 0;
  for (const [name, count] of first) expected += (count * (second.get(name) ?? 0)) / pairs.length ** 2;
  return expected === 1 ? null : (observed - expected) / (1 - expected);
}
