/** Bounds of a share, percent. */
export interface Interval {
  lowerPercent: number;
  upperPercent: number;
}

/** Two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;
const FURTHEST_COUNT = 100_000;

/**
 * Wilson score interval, 95 %, of a share counted in a sample:
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). It covers the counting error only.
 * Source: Wilson, J Am Stat Assoc 1927;22:209.
 * @param count cells of the type, 0–total
 * @param total cells counted; 0 gives 0–100 %, since nothing is known
 * @throws RangeError when the counts are not whole numbers of which `count` is a part
 */
export function wilsonInterval(count: number, total: number): Interval {
  if (!Number.isInteger(count) || !Number.isInteger(total) || count < 0 || count > total) {
    throw new RangeError(`${count} of ${total} is no share; give whole numbers with 0 ≤ count ≤ total`);
  }
  if (total === 0) return { lowerPercent: 0, upperPercent: 100 };
  const share = count / total;
  const correction = (Z * Z) / total;
  const middle = share + correction / 2;
  const half = Math.sqrt(correction * (share * (1 - share) + correction / 4));
  return {
    // At the ends the formula gives exactly 0 and 1, which rounding would miss.
    lowerPercent: count === 0 ? 0 : (100 * (middle - half)) / (1 + correction),
    upperPercent: count === total ? 100 : (100 * (middle + half)) / (1 + correction),
  };
}

export function contains(interval: Interval, percent: number): boolean {
  return interval.lowerPercent <= percent && percent <= interval.upperPercent;
}

/**
 * How many more cells, at the present share, until a threshold leaves the Wilson interval.
 * The interval holds t as long as (p − t)² ≤ z² t(1−t)/n, so n must exceed z² t(1−t)/(p − t)².
 * @param count cells of the type, 0–total
 * @param total cells counted
 * @param thresholdPercent 0–100
 * @returns null when the threshold is outside already, or further away than 100,000 cells
 */
export function cellsToSettle(count: number, total: number, thresholdPercent: number): number | null {
  if (total === 0 || !contains(wilsonInterval(count, total), thresholdPercent)) return null;
  const threshold = thresholdPercent / 100;
  const distance = count / total - threshold;
  if (distance === 0) return null;
  const needed = Math.floor((Z * Z * threshold * (1 - threshold)) / (distance * distance)) + 1;
  const more = Math.max(1, needed - total);
  return more > FURTHEST_COUNT ? null : more;
}
