/**
 * Exact Euclidean distance of each marked pixel to the nearest unmarked one, centre to centre (Felzenszwalb and
 * Huttenlocher 2012). What lies beyond the image counts as marked.
 * @param marks 1 or 0, length width × height
 * @returns px, 0 where unmarked, FARTHEST everywhere when all are marked
 */
export function distanceInside(marks: Uint8Array, width: number, height: number): Float32Array {
  const squares = Float64Array.from(marks, (mark) => (mark ? FARTHEST ** 2 : 0));
  const longest = Math.max(width, height);
  const line = new Float64Array(longest);
  const lowest: Envelope = { apex: new Int32Array(longest), from: new Float64Array(longest + 1) };
  for (let x = 0; x < width; x++) lowerEnvelope(squares, x, width, height, line, lowest);
  for (let y = 0; y < height; y++) lowerEnvelope(squares, y * width, 1, width, line, lowest);
  return Float32Array.from(squares, (square) => Math.min(FARTHEST, Math.sqrt(square)));
}

export const FARTHEST = 1e5;

/** The parabolas that lie lowest: apex of each and where it begins to be the lowest. */
interface Envelope {
  apex: Int32Array;
  from: Float64Array;
}

/** Replaces each value f(q) of a row or column by min over p of (q − p)² + f(p). */
function lowerEnvelope(
  values: Float64Array,
  start: number,
  step: number,
  count: number,
  line: Float64Array,
  { apex, from }: Envelope,
): void {
  for (let q = 0; q < count; q++) line[q] = values[start + q * step];
  let last = 0;
  apex[0] = 0;
  from[0] = Number.NEGATIVE_INFINITY;
  const crossing = (p: number, q: number) => (line[q] + q * q - line[p] - p * p) / (2 * (q - p));
  for (let q = 1; q < count; q++) {
    while (crossing(apex[last], q) <= from[last]) last--;
    from[last + 1] = crossing(apex[last], q);
    apex[++last] = q;
  }
  for (let q = 0, k = 0; q < count; q++) {
    while (k < last && from[k + 1] < q) k++;
    values[start + q * step] = (q - apex[k]) ** 2 + line[apex[k]];
  }
}
