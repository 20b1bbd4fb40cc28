import type { Region } from './component-tree.ts';
import { placementOf } from './image.ts';
import type { Kernels } from './kernels/kernels.ts';
import { densityLookup } from './stain-planes.ts';
import type { StainedImage } from './stained-image.ts';

/** Diameter of a nucleus at the scale that the classifier was trained on, px. */
const TRAINED_NUCLEUS_PX = 20;

/** What cells are grown in and measured on. */
export type CellImage = Pick<
  StainedImage,
  'rgb' | 'width' | 'height' | 'placement' | 'light' | 'density' | 'cytoplasm'
>;

export interface MeasuringImage extends CellImage {
  /** Pixels of the score per pixel of this image. */
  shrink: number;
}

/**
 * The image that cells are measured on: the score itself, or where nuclei are much larger than the classifier
 * was trained on, the score shrunk by a whole number until they are not.
 * @param nucleusDiameter px of the score
 */
export function measuringImage(
  scored: StainedImage,
  nucleusDiameter: number,
  kernels: Kernels,
): MeasuringImage {
  const shrink = Math.max(1, Math.round(nucleusDiameter / TRAINED_NUCLEUS_PX));
  if (shrink === 1) return { ...scored, shrink };
  const { rgb, width, height, placement, background, light, cytoplasm } = scored;
  const smaller = kernels.resample({ data: rgb, width, height, channels: 3, placement }, shrink);
  const { density } = kernels.readStain(
    smaller.rgb,
    smaller.width,
    smaller.height,
    densityLookup(background),
  );
  return {
    ...smaller,
    light,
    cytoplasm,
    density,
    shrink,
  };
}

/** The regions of a score as they lie in its measuring image: the pixels whose middles they hold. */
export function shrunkRegions(
  regions: readonly Region[],
  image: MeasuringImage,
  score: Pick<StainedImage, 'width' | 'height' | 'placement'>,
): Region[] {
  const { shrink, width, height } = image;
  if (shrink === 1) return [...regions];
  const middle = (shrink - 1) / 2;
  const rowOfMiddle = Math.floor(middle);
  const { left, top } = placementOf(score);
  const small = placementOf(image);
  const column = (at: number) => Math.min(width, Math.max(0, at - small.left));
  return regions.map((region) => {
    const runs: number[] = [];
    for (let i = 0; i < region.runs.length; i += 3) {
      const row = (top + region.runs[i] - rowOfMiddle) / shrink - small.top;
      const from = column(Math.ceil((left + region.runs[i + 1] - middle) / shrink));
      const to = column(Math.ceil((left + region.runs[i + 2] - middle) / shrink));
      if (Number.isInteger(row) && row >= 0 && row < height && to > from) runs.push(row, from, to);
    }
    const x = Math.min(width - 1, column(Math.floor((left + region.x) / shrink)));
    const y = Math.min(height - 1, Math.max(0, Math.floor((top + region.y) / shrink) - small.top));
    return { ...region, x, y, runs: Int32Array.from(runs.length > 0 ? runs : [y, x, x + 1]) };
  });
}

/** Left, top, right, bottom of a cell of the measuring image in pixels of its score. */
export function boundsInScore(
  { bounds }: { bounds: Int32Array },
  cell: number,
  image: MeasuringImage,
  score: Pick<StainedImage, 'width' | 'height' | 'placement'>,
): number[] {
  const { left, top, wholeWidth, wholeHeight } = placementOf(score);
  const small = placementOf(image);
  const across = (edge: number) => Math.min((small.left + edge) * image.shrink, wholeWidth) - left;
  const down = (edge: number) => Math.min((small.top + edge) * image.shrink, wholeHeight) - top;
  const [first, above, last, below] = bounds.subarray(4 * cell, 4 * cell + 4);
  return [across(first), down(above), across(last), down(below)];
}
