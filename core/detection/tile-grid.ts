import { cytoplasmReach } from './cell-outline.ts';
import { longestRegion } from './component-tree.ts';
import type { ImageRegion } from './image-statistics.ts';
import type { DetectionParameters } from './parameters.ts';
import { workedNucleus } from './scale.ts';
import { type Range, sourceOfTargets, workingSize } from './working-part.ts';

/** A part of an image that is worked on at once. */
export interface Tile {
  /** Where the cells it answers for have their first pixel: px of the whole image at working scale. */
  core: ImageRegion;
  /** What is read for it, with what lies around the core: px of the image as given. */
  source: ImageRegion;
}

/** Longest side of what is worked on at once: of the image as given, and at working scale. */
export interface TileLimits {
  sourcePx: number;
  workingPx: number;
}

/** About 240 MB of pixels as given and as much for the work on them. */
export const TILE_LIMITS: TileLimits = { sourcePx: 9000, workingPx: 3000 };

/** How far smoothing, edges, colour at half size and a smaller measuring image reach, px. */
const FILTERS = 24;

/**
 * In red-cell diameters; own choice: circles are .64 wide, and compete for edges with their neighbours only, so that
 * what is further away hardly changes a cell of a smear.
 */
const SMEAR_REACH = 8;

/**
 * Divides an image into tiles. Their cores cover it without overlap; what is read around a core is all that its
 * cells depend on.
 */
export function tilesOf(
  image: { width: number; height: number },
  downscale: number,
  parameters: DetectionParameters,
  limits: TileLimits = TILE_LIMITS,
): Tile[] {
  const working = workingSize(image, downscale);
  const margin = marginPx(parameters);
  const window = Math.floor(Math.min(limits.workingPx, limits.sourcePx / downscale));
  // Where what lies around is wider than the window, tiles are as large as that.
  const side = Math.max(window - 2 * margin, margin);
  const columns = stretches(working.width, side);
  const rows = stretches(working.height, side);
  const around = (core: Range, size: number, sourceSize: number) =>
    sourceOfTargets(sourceSize, size, {
      // Even, as colour is taken at half size.
      from: 2 * Math.floor(Math.max(0, core.from - margin) / 2),
      to: Math.min(size, core.to + margin),
    });
  return rows.flatMap((row) =>
    columns.map((column) => {
      const across = around(column, working.width, image.width);
      const down = around(row, working.height, image.height);
      return { core: regionOf(column, row), source: regionOf(across, down) };
    }),
  );
}

/**
 * What a cell depends on around the part that it belongs to, px at working scale. For a lavage: its nucleus and its
 * cytoplasm, that of a neighbour and the neighbour's nucleus. Nothing longer than `longestRegion` is a nucleus,
 * so whatever is cut by the edge of a tile is none, in the tile as in the whole image.
 */
function marginPx(parameters: DetectionParameters): number {
  const { preset, maxArea, rbcDiameter } = parameters;
  if (preset === 'blood') return Math.ceil(SMEAR_REACH * rbcDiameter) + FILTERS;
  const { diameter } = workedNucleus(parameters);
  const nucleus = longestRegion(maxArea * (Math.PI / 4) * diameter ** 2);
  return Math.ceil(2 * nucleus + 2 * cytoplasmReach(diameter)) + FILTERS;
}

function stretches(size: number, side: number): Range[] {
  const count = Math.ceil(size / side);
  return Array.from({ length: count }, (_, i) => ({
    from: Math.round((i * size) / count),
    to: Math.round(((i + 1) * size) / count),
  }));
}

function regionOf(columns: Range, rows: Range): ImageRegion {
  return {
    left: columns.from,
    top: rows.from,
    width: columns.to - columns.from,
    height: rows.to - rows.from,
  };
}
