/**
 * Thresholds that split a histogram into classes of least variance within (Otsu 1979, multi-class form),
 * found exactly by dynamic programming.
 * @param histogram counts per value
 * @param classes 2 or more
 * @returns classes − 1 ascending values; class k holds the values above threshold k − 1 up to threshold k
 */
export function otsuThresholds(histogram: ArrayLike<number>, classes: number): number[] {
  // Values beyond the greatest one change nothing.
  let size = histogram.length;
  while (size > 1 && histogram[size - 1] === 0) size--;
  const count = new Float64Array(size + 1);
  const sum = new Float64Array(size + 1);
  for (let v = 0; v < size; v++) {
    count[v + 1] = count[v] + histogram[v];
    sum[v + 1] = sum[v] + histogram[v] * v;
  }
  let best = new Float64Array(size + 1);
  for (let to = 1; to <= size; to++) best[to] = gain(count, sum, 0, to);
  const cuts: Int32Array[] = [];
  for (let k = 1; k < classes; k++) {
    const next = new Float64Array(size + 1);
    const cut = new Int32Array(size + 1);
    // Only the whole histogram matters once the last class is added.
    for (let to = k === classes - 1 ? size : 1; to <= size; to++) {
      next[to] = -1;
      for (let from = 0; from < to; from++) {
        const value = best[from] + gain(count, sum, from, to);
        if (value > next[to]) {
          next[to] = value;
          cut[to] = from;
        }
      }
    }
    best = next;
    cuts.push(cut);
  }
  const thresholds: number[] = [];
  for (let k = cuts.length - 1, to = size; k >= 0; k--) {
    to = cuts[k][to];
    thresholds.unshift(Math.max(0, to - 1));
  }
  return thresholds;
}

/** Least variance within is greatest Σ (class sum)² / class count; this is one class's part of it. */
function gain(count: Float64Array, sum: Float64Array, from: number, to: number): number {
  const pixels = count[to] - count[from];
  return pixels > 0 ? (sum[to] - sum[from]) ** 2 / pixels : 0;
}

/** Counts of the values 0–255. */
export function histogramOf(values: Uint8Array): Uint32Array {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < values.length; i++) histogram[values[i]]++;
  return histogram;
}
