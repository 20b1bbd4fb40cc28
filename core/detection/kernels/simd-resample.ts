import type { RgbImage } from '../image.ts';
import { isUnchanged, resample, type WorkingImage, workingSpans } from '../resample.ts';
import { workingPart } from '../working-part.ts';
import type { SimdMemory } from './simd-memory.ts';

/** Source rows are brought in by about this many bytes at a time. */
const BAND_BYTES = 262_144;

/** `resample` with both sums in SIMD. */
export function simdResample(memory: SimdMemory, image: RgbImage, downscale: number): WorkingImage {
  const part = workingPart(image, downscale);
  if (isUnchanged(image, part)) return resample(image, downscale);
  const { width, height } = part;
  const { mixRows, mixColumns } = memory.exports;
  const { columns, rows } = workingSpans(image, part);
  const rowBytes = image.width * image.channels;
  const most = longestSpan(rows.first);
  const bandRows = Math.min(image.height, Math.max(most, Math.floor(BAND_BYTES / rowBytes)));
  const [firstAt, placesAt, columnWeightsAt, rowWeightsAt, mixedAt, targetAt, sourceAt] = memory.reserve(
    columns.first.byteLength,
    columns.source.byteLength,
    columns.weight.byteLength,
    rows.weight.byteLength,
    2 * rowBytes,
    3 * width,
    bandRows * rowBytes,
  );
  memory.write(firstAt, columns.first);
  memory.write(
    placesAt,
    columns.source.map((x) => 2 * image.channels * x),
  );
  memory.write(columnWeightsAt, columns.weight);
  memory.write(rowWeightsAt, rows.weight);
  const rgb = new Uint8Array(width * height * 3);
  let bandTop = 0;
  let bandBottom = 0;
  for (let y = 0; y < height; y++) {
    const from = rows.first[y];
    const count = rows.first[y + 1] - from;
    const top = rows.source[from];
    const bottom = rows.source[from + count - 1] + 1;
    if (bottom > bandBottom) {
      bandTop = top;
      bandBottom = Math.min(image.height, top + bandRows);
      const band = image.data.subarray(bandTop * rowBytes, bandBottom * rowBytes);
      memory.bytes(sourceAt, band.length).set(band);
    }
    // Where an enlarged image repeats its first or last row, both weights fall on one row: the other is 0.
    mixRows(sourceAt + (top - bandTop) * rowBytes, rowBytes, rowWeightsAt + 4 * from, count, mixedAt);
    mixColumns(mixedAt, firstAt, placesAt, columnWeightsAt, targetAt, width);
    rgb.set(memory.bytes(targetAt, 3 * width), 3 * width * y);
  }
  return { rgb, ...part };
}

function longestSpan(first: Int32Array): number {
  let longest = 1;
  for (let i = 1; i < first.length; i++) longest = Math.max(longest, first[i] - first[i - 1]);
  return longest;
}
