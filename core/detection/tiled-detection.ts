import { findUnnamedCells, nameCells, type UnnamedCell } from './bal-cells.ts';
import { findPlacedBloodCells, type PlacedCell, smearNorms, sortedCells } from './blood-cells.ts';
import {
  DETECTION_ENGINE,
  type DetectionResult,
  preparePart,
  prepareScore,
  type ScoreImage,
} from './detect-cells.ts';
import type { DetectedCell } from './detected-cell.ts';
import type { RgbImage } from './image.ts';
import { type ImageRegion, mosaicOf, sampledRegions } from './image-statistics.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import type { DetectionParameters } from './parameters.ts';
import { TILE_LIMITS, type TileLimits, tilesOf } from './tile-grid.ts';

/** An image that is read part by part. */
export interface PixelSource {
  /** px */
  width: number;
  height: number;
  /** Pixels of a region that lies in the image. */
  read(region: ImageRegion): Promise<Pick<RgbImage, 'data' | 'channels'>>;
}

interface TiledOptions {
  kernels?: Kernels;
  /** Told after each tile what share of the image is done, 0–1. */
  onProgress?: (done: number) => void;
  limits?: TileLimits;
}

/**
 * `detectCells` for images of any size, in memory that does not grow with them. The cells of lavages are those of
 * one pass; of smears nearly, as uneven light is levelled in each tile by itself.
 * Statistics come first, from the whole image or a sample; then each tile is read with what lies around it, and
 * answers for the cells whose nucleus begins in its core; names are given at the end, as they depend on all cells.
 * @throws RangeError as `detectCells`, and whatever `source.read` throws
 */
export async function detectInTiles(
  source: PixelSource,
  parameters: DetectionParameters,
  micronsPerPixel?: number,
  { kernels = PLAIN_KERNELS, onProgress = () => {}, limits = TILE_LIMITS }: TiledOptions = {},
): Promise<DetectionResult> {
  const sample = prepareScore(await readSample(source), parameters, micronsPerPixel, kernels);
  const tiles = tilesOf(source, sample.downscale, parameters, limits);
  const collected = collectorFor(sample, parameters, kernels);
  for (const [index, { core, source: region }] of tiles.entries()) {
    const score = preparePart(await readPart(source, region), parameters, sample, kernels);
    collected.add(score, core);
    onProgress((index + 1) / tiles.length);
  }
  return {
    width: source.width,
    height: source.height,
    cells: collected.cells(),
    parameters,
    downscale: sample.downscale,
    scaleSource: sample.scaleSource,
    ...DETECTION_ENGINE,
  };
}

/** What the image is judged by: all of it, or squares of a large one. */
async function readSample(source: PixelSource): Promise<RgbImage> {
  const rows: RgbImage[][] = [];
  for (const regions of sampledRegions(source)) {
    const row: RgbImage[] = [];
    for (const region of regions) row.push(await readPart(source, region));
    rows.push(row);
  }
  return mosaicOf(rows);
}

async function readPart(source: PixelSource, region: ImageRegion): Promise<RgbImage> {
  const { left, top, width, height } = region;
  const placement = { left, top, wholeWidth: source.width, wholeHeight: source.height };
  return { ...(await source.read(region)), width, height, placement };
}

/** Gathers the cells of the tiles; the cells of lavages are named together. */
function collectorFor(sample: ScoreImage, parameters: DetectionParameters, kernels: Kernels) {
  if (parameters.preset === 'blood') {
    const norms = smearNorms(sample, parameters);
    const found: PlacedCell[] = [];
    return {
      add: (score: ScoreImage, core: ImageRegion) => {
        found.push(...findPlacedBloodCells(score, parameters, { norms, core }));
      },
      cells: (): DetectedCell[] => sortedCells(found),
    };
  }
  const found: UnnamedCell[] = [];
  return {
    add: (score: ScoreImage, core: ImageRegion) => {
      found.push(...findUnnamedCells(score, core, parameters, kernels));
    },
    cells: (): DetectedCell[] => nameCells(found, parameters),
  };
}
