import { type Placement, placementOf, type RgbImage } from './image.ts';
import { type Range, type WorkingPart, workingPart } from './working-part.ts';

/** An image at working scale: always three channels. */
export interface WorkingImage {
  /** Length width × height × 3; values 0–255, sRGB, interleaved. */
  rgb: Uint8Array;
  /** px at working scale */
  width: number;
  /** px at working scale */
  height: number;
  /** Where it lies in the whole image at working scale; absent when it is the whole. */
  placement?: Placement;
}

/**
 * Resizes an image: the mean over the covered area when shrinking, bilinear when enlarging. Whole-number
 * arithmetic, so that every machine gives the same pixels. Of a part of an image the pixels that lie in it as a
 * whole, the same as those of the whole image.
 * @param downscale full-resolution pixels per working pixel, greater than 0
 */
export function resample(image: RgbImage, downscale: number): WorkingImage {
  const part = workingPart(image, downscale);
  if (isUnchanged(image, part)) return { rgb: withoutAlpha(image), ...part };
  const { width, height } = part;
  const { columns, rows } = workingSpans(image, part);
  const rgb = new Uint8Array(width * height * 3);
  const mixed = new Uint16Array(image.width * image.channels);
  for (let y = 0; y < height; y++) {
    mixRows(image, rows, y, mixed);
    mixColumns(mixed, image.channels, columns, rgb.subarray(y * width * 3, (y + 1) * width * 3));
  }
  return { rgb, ...part };
}

/** Whether the image at working scale is the image as it is. */
export function isUnchanged(image: RgbImage, { placement }: WorkingPart): boolean {
  const { wholeWidth, wholeHeight } = placementOf(image);
  return placement.wholeWidth === wholeWidth && placement.wholeHeight === wholeHeight;
}

/** What the columns and rows of a part at working scale are made of, as pixels of the image given. */
export function workingSpans(image: RgbImage, { width, height, placement }: WorkingPart) {
  const { left, top, wholeWidth, wholeHeight } = placementOf(image);
  const columns = { from: placement.left, to: placement.left + width };
  const rows = { from: placement.top, to: placement.top + height };
  return {
    columns: sourceSpans(wholeWidth, placement.wholeWidth, COLUMN_UNIT, columns, left),
    rows: sourceSpans(wholeHeight, placement.wholeHeight, ROW_UNIT, rows, top),
  };
}

/** What the weights of the rows and of the columns of one target pixel sum to. */
export const ROW_UNIT = 2 ** 8;
export const COLUMN_UNIT = 2 ** 16;

/** For each target pixel the source pixels it reads, which follow each other, with whole-number weights that sum to the unit. */
export interface SourceSpans {
  /** Entry k belongs to target pixel i when first[i] ≤ k < first[i + 1]. */
  first: Int32Array;
  source: Int32Array;
  weight: Int32Array;
}

/**
 * @param unit sum of the weights of one target pixel
 * @param targets the target pixels wanted; the first entry of the answer is the first of them
 * @param sourceLeft source pixel that counts as 0 in the answer
 */
function sourceSpans(
  sourceSize: number,
  targetSize: number,
  unit: number,
  targets: Range,
  sourceLeft: number,
): SourceSpans {
  const ratio = sourceSize / targetSize;
  const first = new Int32Array(targets.to - targets.from + 1);
  const source: number[] = [];
  const weight: number[] = [];
  /** Weights are differences of rounded running sums: their own sum is exact. */
  const add = (at: number, before: number, after: number) => {
    source.push(at - sourceLeft);
    weight.push(Math.round(after * unit) - Math.round(before * unit));
  };
  for (let i = targets.from; i < targets.to; i++) {
    if (ratio >= 1) {
      const from = i * ratio;
      const to = from + ratio;
      const last = Math.min(sourceSize, Math.ceil(to - 1e-9)) - 1;
      for (let s = Math.floor(from); s <= last; s++) {
        add(s, Math.max(0, s - from) / ratio, s === last ? 1 : (s + 1 - from) / ratio);
      }
    } else {
      const centre = (i + 0.5) * ratio - 0.5;
      const before = Math.floor(centre);
      const share = before < 0 || before + 1 === sourceSize ? 1 : 1 - (centre - before);
      add(Math.max(0, before), 0, share);
      if (share < 1) add(before + 1, share, 1);
    }
    first[i - targets.from + 1] = source.length;
  }
  return { first, source: Int32Array.from(source), weight: Int32Array.from(weight) };
}

/** Weighted sum of the source rows of one target row, × ROW_UNIT. */
function mixRows({ data }: RgbImage, rows: SourceSpans, y: number, mixed: Uint16Array): void {
  mixed.fill(0);
  for (let k = rows.first[y]; k < rows.first[y + 1]; k++) {
    const line = rows.source[k] * mixed.length;
    const weight = rows.weight[k];
    for (let i = 0; i < mixed.length; i++) mixed[i] += data[line + i] * weight;
  }
}

/** Weighted sums of the mixed row, rounded to 8 bits, three channels a pixel. */
function mixColumns(mixed: Uint16Array, channels: number, columns: SourceSpans, target: Uint8Array): void {
  const { first, source, weight } = columns;
  for (let x = 0; x < first.length - 1; x++) {
    let red = HALF_STEP;
    let green = HALF_STEP;
    let blue = HALF_STEP;
    for (let k = first[x]; k < first[x + 1]; k++) {
      const at = source[k] * channels;
      red += mixed[at] * weight[k];
      green += mixed[at + 1] * weight[k];
      blue += mixed[at + 2] * weight[k];
    }
    target[x * 3] = red >>> 24;
    target[x * 3 + 1] = green >>> 24;
    target[x * 3 + 2] = blue >>> 24;
  }
}

/** Half of one grey level in the products of both weights, for rounding. */
const HALF_STEP = (ROW_UNIT * COLUMN_UNIT) / 2;

function withoutAlpha({ data, width, height, channels }: RgbImage): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from];
    rgb[to + 1] = data[from + 1];
    rgb[to + 2] = data[from + 2];
  }
  return rgb;
}
