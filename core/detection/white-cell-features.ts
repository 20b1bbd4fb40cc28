import type { Region } from './component-tree.ts';
import {
  chamferDistance,
  DISTANCE_PER_PX,
  distanceInside,
  fillHoles,
  pixelsInHull,
  solidity,
} from './patch-shape.ts';
import type { StainedImage } from './stained-image.ts';

/**
 * What is measured of a white cell in a smear, where red cells touch it and hide the outline of its cytoplasm:
 * its nucleus with holes filled, and rings around it. Own choice among 30 candidates on single-cell images.
 */
export const WHITE_CELL_FEATURES = [
  /** Nuclear area over that of its convex hull. */
  'nucleusSolidity',
  /** Area of the largest disc inside the nucleus over its area. */
  'nucleusThickness',
  /** Logarithm of the density in red light, of the nucleus and of the outer ring. */
  'logNucleusRed',
  'logRingRed',
  /** Ratios of optical densities. */
  'nucleusBlueToGreen',
  'rimBlueToGreen',
  'rimRedToGreen',
  /** Density in green light between the lobes (beside the nucleus when it has none) relative to the nucleus. */
  'gapToNucleus',
] as const;

/** Shares of the nucleus's diameter: the rim reaches RIM + 1 px out, the ring lies between the other two. */
const RIM = 0.06;
const RING = { from: 0.1, to: 0.22 };

/** Nuclear border left out of the nucleus's colour, as a share of its depth. */
const BLURRED_BORDER = 0.15;

/** Fewer pixels than this between the lobes are only the roughness of the outline. */
const SMALLEST_GAP = 8;

const FAINT_DENSITY = 0.03;

/**
 * Measures the white cells of a smear.
 * @param nuclei one region per cell, all lobes in it
 * @returns per cell one value per entry of WHITE_CELL_FEATURES
 */
export function measureWhiteCells(scored: StainedImage, nuclei: readonly Region[]): Float64Array[] {
  return nuclei.map((nucleus) => {
    const values = measureWhiteCell(scored, nucleus, scored.light);
    return Float64Array.from(WHITE_CELL_FEATURES, (name) => values[name]);
  });
}

function measureWhiteCell(
  scored: StainedImage,
  nucleus: Region,
  light: readonly Float32Array[],
): Record<(typeof WHITE_CELL_FEATURES)[number], number> {
  const { filled, width, left, top } = cutOutNucleus(nucleus);
  const select = (isWanted: (at: number) => boolean) => {
    const found: number[] = [];
    for (let at = 0; at < filled.length; at++) if (isWanted(at)) found.push(at);
    return Int32Array.from(found);
  };
  const inside = select((at) => filled[at] === 1);
  const diameter = 2 * Math.sqrt(inside.length / Math.PI);
  const depth = distanceInside(inside, width, filled.length);
  const deepest = inside.reduce((most, at) => Math.max(most, depth[at]), 0);
  const away = chamferDistance(filled, width);
  const between = pixelsInHull(inside, width).filter((at) => !filled[at]);
  const rimPixels = select(
    (at) => away[at] > DISTANCE_PER_PX && away[at] <= DISTANCE_PER_PX * (RIM * diameter + 1),
  );
  const colorOf = (pixels: Int32Array) => meanDensities(scored, light, { pixels, width, left, top });
  const inner = colorOf(inside.filter((at) => depth[at] > BLURRED_BORDER * deepest));
  const rim = colorOf(rimPixels);
  const ring = colorOf(
    select(
      (at) =>
        away[at] > DISTANCE_PER_PX * RING.from * diameter && away[at] <= DISTANCE_PER_PX * RING.to * diameter,
    ),
  );
  const gap = between.length > SMALLEST_GAP ? colorOf(between) : rim;
  return {
    nucleusSolidity: solidity(inside, width),
    nucleusThickness: (Math.PI * (deepest / DISTANCE_PER_PX) ** 2) / inside.length,
    logNucleusRed: Math.log(inner.red + FAINT_DENSITY),
    logRingRed: Math.log(ring.red + FAINT_DENSITY),
    nucleusBlueToGreen: ratio(inner.blue, inner.green),
    rimBlueToGreen: ratio(rim.blue, rim.green),
    rimRedToGreen: ratio(rim.red, rim.green),
    gapToNucleus: ratio(gap.green, inner.green),
  };
}

function ratio(a: number, b: number): number {
  return (a + FAINT_DENSITY) / (b + FAINT_DENSITY);
}

/** The nucleus with holes filled, and room around it for the rings. */
function cutOutNucleus({ runs, area }: Region) {
  let left = Number.POSITIVE_INFINITY;
  let right = 0;
  for (let i = 0; i < runs.length; i += 3) {
    left = Math.min(left, runs[i + 1]);
    right = Math.max(right, runs[i + 2]);
  }
  const margin = Math.ceil(2 * RING.to * Math.sqrt(area)) + 3;
  left -= margin;
  const top = runs[0] - margin;
  const width = right + margin - left;
  const marked = new Uint8Array(width * (runs[runs.length - 3] + 1 + margin - top));
  for (let i = 0; i < runs.length; i += 3) {
    const line = (runs[i] - top) * width - left;
    marked.fill(1, line + runs[i + 1], line + runs[i + 2]);
  }
  return { filled: fillHoles(marked, width), width, left, top };
}

/** Mean optical densities of the pixels of a patch that lie in the image; 0 of none. */
function meanDensities(
  { rgb, width: imageWidth, height }: StainedImage,
  light: readonly Float32Array[],
  { pixels, width, left, top }: { pixels: Int32Array; width: number; left: number; top: number },
) {
  const sums = [0, 0, 0];
  let count = 0;
  for (const at of pixels) {
    const x = left + (at % width);
    const y = top + Math.floor(at / width);
    if (x < 0 || y < 0 || x >= imageWidth || y >= height) continue;
    count++;
    for (let c = 0; c < 3; c++) sums[c] += light[c][rgb[(y * imageWidth + x) * 3 + c]];
  }
  const [red, green, blue] = sums.map((sum) => sum / Math.max(1, count));
  return { red, green, blue };
}
