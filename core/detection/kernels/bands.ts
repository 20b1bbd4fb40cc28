import type { SimdMemory } from './simd-memory.ts';

/** Images pass through the kernels' memory in bands of about this many pixels, which stay in the processor's cache. */
export const BAND_PIXELS = 65536;

export function bandRows(width: number, height: number, pixels = BAND_PIXELS): number {
  return Math.min(height, Math.max(1, Math.floor(pixels / width)));
}

/** Bands that begin at even rows; of one row there is one and its copy. */
export function evenBandRows(width: number, height: number, pixels = BAND_PIXELS): number {
  return (bandRows(width, height, pixels) + 1) & ~1;
}

/** Copies the rows from `top` to before `bottom`; outside the image its first and last row are repeated. */
export function copyRows(
  memory: SimdMemory,
  place: number,
  values: Uint8Array,
  width: number,
  height: number,
  top: number,
  bottom: number,
): void {
  const target = memory.bytes(place, (bottom - top) * width);
  const first = Math.max(0, top);
  const last = Math.min(height, bottom);
  target.set(values.subarray(first * width, last * width), (first - top) * width);
  for (let y = top; y < 0; y++) target.set(values.subarray(0, width), (y - top) * width);
  for (let y = height; y < bottom; y++) {
    target.set(values.subarray((height - 1) * width, height * width), (y - top) * width);
  }
}

/** Rows of a plane that a kernel has made in its memory, with room around them. */
export interface HeldRows {
  /** Place of the plane's row 0, which need not be held itself. */
  at: number;
  /** Bytes of a row. */
  rowBytes: number;
  /** Rows from `first` to before `last` are held. */
  first: number;
  last: number;
}

/** Repeats the first and the last row of a plane beyond its borders, where they are held. */
export function repeatBorders(
  memory: SimdMemory,
  { at, rowBytes, first, last }: HeldRows,
  height: number,
  times: number,
): void {
  const all = new Uint8Array(memory.exports.memory.buffer);
  const copy = (from: number, to: number) => {
    all.copyWithin(at + to * rowBytes, at + from * rowBytes, at + (from + 1) * rowBytes);
  };
  for (let k = 1; k <= times; k++) {
    if (first === 0) copy(0, -k);
    if (last === height) copy(height - 1, height - 1 + k);
  }
}
