/** Labelled places of the scale, percent. */
export const SCALE_TICKS = [0, 1, 5, 15, 30, 50, 100] as const;

/**
 * Where a share lies on the axis, 0–1. The square root gives thresholds of 1 and 3 % as much room as one of 15 %,
 * and unlike a logarithm it has a place for zero.
 */
export function scalePosition(percent: number): number {
  return Math.sqrt(Math.min(100, Math.max(0, percent)) / 100);
}
