import type { RgbImage } from './image.ts';

/** An image at working scale: always three channels. */
export interface WorkingImage {
  /** Length width × height × 3; values 0–255, sRGB, interleaved. */
  rgb: Uint8Array;
  /** px at working scale */
  width: number;
  /** px at working scale */
  height: number;
}

/**
 * Resizes an image: the mean over the covered area when shrinking, bilinear when enlarging.
 * @param downscale full-resolution pixels per working pixel, greater than 0
 */
export function resample(image: RgbImage, downscale: number): WorkingImage {
  const width = Math.max(1, Math.round(image.width / downscale));
  const height = Math.max(1, Math.round(image.height / downscale));
  if (width === image.width && height === image.height) return { rgb: withoutAlpha(image), width, height };
  const columns = sourceSpans(image.width, width);
  const rows = sourceSpans(image.height, height);
  const rgb = new Uint8Array(width * height * 3);
  const sums = new Float32Array(width * 3);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = rows.first[y]; k < rows.first[y + 1]; k++) {
      addRow(image, rows.source[k], rows.weight[k], columns, sums);
    }
    const line = y * width * 3;
    for (let i = 0; i < sums.length; i++) rgb[line + i] = sums[i] + 0.5;
  }
  return { rgb, width, height };
}

/** For each target pixel the source pixels it reads, with weights that sum to 1. */
interface SourceSpans {
  /** Entry k belongs to target pixel i when first[i] ≤ k < first[i + 1]. */
  first: Int32Array;
  source: Int32Array;
  weight: Float32Array;
}

function sourceSpans(sourceSize: number, targetSize: number): SourceSpans {
  const ratio = sourceSize / targetSize;
  const first = new Int32Array(targetSize + 1);
  const source: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < targetSize; i++) {
    if (ratio >= 1) {
      const from = i * ratio;
      const to = from + ratio;
      for (let s = Math.floor(from); s < Math.min(sourceSize, to - 1e-9); s++) {
        source.push(s);
        weight.push((Math.min(to, s + 1) - Math.max(from, s)) / ratio);
      }
    } else {
      const centre = (i + 0.5) * ratio - 0.5;
      const left = Math.floor(centre);
      source.push(Math.max(0, left), Math.min(sourceSize - 1, left + 1));
      weight.push(1 - (centre - left), centre - left);
    }
    first[i + 1] = source.length;
  }
  return { first, source: Int32Array.from(source), weight: Float32Array.from(weight) };
}

function addRow(
  image: RgbImage,
  row: number,
  rowWeight: number,
  columns: SourceSpans,
  sums: Float32Array,
): void {
  const { data, channels } = image;
  const line = row * image.width * channels;
  for (let x = 0; x < columns.first.length - 1; x++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = columns.first[x]; k < columns.first[x + 1]; k++) {
      const at = line + columns.source[k] * channels;
      const weight = columns.weight[k];
      red += data[at] * weight;
      green += data[at + 1] * weight;
      blue += data[at + 2] * weight;
    }
    sums[x * 3] += red * rowWeight;
    sums[x * 3 + 1] += green * rowWeight;
    sums[x * 3 + 2] += blue * rowWeight;
  }
}

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
