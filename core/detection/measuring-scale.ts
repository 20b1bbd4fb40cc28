import type { Region } from './component-tree.ts';
import type { Kernels } from './kernels/kernels.ts';
import { densityLookup } from './stain-planes.ts';
import type { StainedImage } from './stained-image.ts';

/** Diameter of a nucleus at the scale that the classifier was trained on, px. */
const TRAINED_NUCLEUS_PX = 20;

/** What cells are grown in and measured on. */
export type CellImage = Pick<StainedImage, 'rgb' | 'width' | 'height' | 'light' | 'density' | 'cytoplasm'>;

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
  const { rgb, width, height, background, light, cytoplasm } = scored;
  const smaller = kernels.resample({ data: rgb, width, height, channels: 3 }, shrink);
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

/** The regions as they lie in the measuring image: the pixels whose middles they hold. */
export function shrunkRegions(
  regions: readonly Region[],
  { shrink, width, height }: MeasuringImage,
): Region[] {
  if (shrink === 1) return [...regions];
  const middle = (shrink - 1) / 2;
  const rowOfMiddle = Math.floor(middle);
  return regions.map((region) => {
    const runs: number[] = [];
    for (let i = 0; i < region.runs.length; i += 3) {
      const row = (region.runs[i] - rowOfMiddle) / shrink;
      const from = Math.ceil((region.runs[i + 1] - middle) / shrink);
      const to = Math.min(width, Math.ceil((region.runs[i + 2] - middle) / shrink));
      if (Number.isInteger(row) && row < height && to > from) runs.push(row, from, to);
    }
    const x = Math.min(width - 1, Math.floor(region.x / shrink));
    const y = Math.min(height - 1, Math.floor(region.y / shrink));
    return { ...region, x, y, runs: Int32Array.from(runs.length > 0 ? runs : [y, x, x + 1]) };
  });
}
