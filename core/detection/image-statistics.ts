import type { RgbImage } from './image.ts';
import type { ScoreImage } from './score-image.ts';

/**
 * What is decided once for a whole image, so that every part of it is worked on alike. It depends on the image and
 * on what its score is prepared with, not on thresholds.
 */
export type ImageStatistics = Pick<
  ScoreImage,
  'downscale' | 'scaleSource' | 'background' | 'cytoplasm' | 'stainBalance' | 'strong'
>;

/** A rectangle of an image, px. */
export interface ImageRegion {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Larger images are judged by a sample: no more pixels tell more, and not all need to be in memory. */
const LARGEST_JUDGED_WHOLE_PX = 50_000_000;

/** Wide enough that few cells are cut, and enough squares that some lie on cells; own choice. */
const SQUARE_PX = 512;
const SQUARES_ACROSS = 6;

/**
 * What the statistics of an image are taken from: all of it, or of a large one squares spread evenly over it.
 * @returns rows of equally large regions
 */
export function sampledRegions({ width, height }: { width: number; height: number }): ImageRegion[][] {
  if (width * height <= LARGEST_JUDGED_WHOLE_PX) return [[{ left: 0, top: 0, width, height }]];
  const columns = spreadSquares(width);
  const rows = spreadSquares(height);
  return rows.starts.map((top) =>
    columns.starts.map((left) => ({ left, top, width: columns.side, height: rows.side })),
  );
}

function spreadSquares(size: number): { starts: number[]; side: number } {
  const side = Math.min(SQUARE_PX, size);
  const count = Math.min(SQUARES_ACROSS, Math.floor(size / side));
  const starts = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count - side / 2));
  return { starts, side };
}

/** Lays rows of equally large images side by side. */
export function mosaicOf(rows: readonly (readonly RgbImage[])[]): RgbImage {
  const { width, height, channels } = rows[0][0];
  const columns = rows[0].length;
  const data = new Uint8Array(rows.length * columns * width * height * channels);
  for (const [row, images] of rows.entries()) {
    for (const [column, image] of images.entries()) {
      for (let y = 0; y < height; y++) {
        const line = image.data.subarray(y * width * channels, (y + 1) * width * channels);
        data.set(line, ((row * height + y) * columns + column) * width * channels);
      }
    }
  }
  return { data, width: columns * width, height: rows.length * height, channels };
}

/** A part of an image in memory, its pixels copied. */
export function cutOut(image: RgbImage, { left, top, width, height }: ImageRegion): RgbImage {
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  const placement = { left, top, wholeWidth: image.width, wholeHeight: image.height };
  return { data, width, height, channels, placement };
}
