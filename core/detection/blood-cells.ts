import { belongsTo, boxInImage, describeNucleus } from './bal-cells.ts';
import { packAbove } from './bit-pack.ts';
import { BLOOD_CLASSIFIER } from './blood-classifier.ts';
import { type CellClass, classifyWhiteCells } from './classify.ts';
import type { Region } from './component-tree.ts';
import { type Components, connectedComponents } from './connected-components.ts';
import type { DetectedCell } from './detected-cell.ts';
import { placementOf } from './image.ts';
import type { ImageRegion } from './image-statistics.ts';
import { histogramOf, otsuThresholds } from './otsu.ts';
import type { DetectionParameters } from './parameters.ts';
import type { RedCellNorms } from './red-cell-edges.ts';
import { findRedCells, redCellNorms } from './red-cells.ts';
import type { ScoreImage } from './score-image.ts';
import { measureWhiteCells, WHITE_CELL_FEATURES } from './white-cell-features.ts';

/** Smallest lobe and smallest nucleus of a white cell, in squared red-cell diameters; own choice on TXL-PBC. */
const SMALLEST_LOBE = 0.05;
const SMALLEST_NUCLEUS = 0.25;

/** Left, top, right, bottom in working pixels. */
interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The nucleus of a white cell: one or several lobes. */
export interface WhiteCell {
  lobes: Region[];
  bounds: Bounds;
}

/** Finds white and red cells of a blood smear and names the white ones. */
export function findBloodCells(score: ScoreImage, parameters: DetectionParameters): DetectedCell[] {
  return findPlacedBloodCells(score, parameters).map(({ cell }) => cell);
}

/** A named cell with the first pixel of the region it is described by, px of the whole image at working scale. */
export interface PlacedCell {
  row: number;
  column: number;
  cell: DetectedCell;
}

/** White cells first, each kind in raster order of the first pixel. */
export function sortedCells(cells: readonly PlacedCell[]): DetectedCell[] {
  const isRed = ({ cell }: PlacedCell) => Number(cell.cellType === 'RBC');
  return [...cells]
    .sort((a, b) => isRed(a) - isRed(b) || a.row - b.row || a.column - b.column)
    .map(({ cell }) => cell);
}

/** What a whole smear decides about its parts, beside `ImageStatistics`. */
export interface SmearNorms {
  /** Stain score above which a pixel is of a white cell's nucleus. */
  whiteThreshold: number;
  red: RedCellNorms;
}

/** Judges a whole smear, or a sample of it. */
export function smearNorms(score: ScoreImage, parameters: DetectionParameters): SmearNorms {
  return {
    whiteThreshold: whiteThreshold(score, parameters),
    red: redCellNorms(score, parameters.rbcDiameter),
  };
}

/**
 * Finds the cells of a smear, or those that belong to a part of it: whose largest lobe, or disc, has its first pixel
 * there.
 * @param part norms of the whole smear, and the core of the part, px of the whole image at working scale
 */
export function findPlacedBloodCells(
  score: ScoreImage,
  parameters: DetectionParameters,
  part?: { norms: SmearNorms; core: ImageRegion },
): PlacedCell[] {
  const isOwn = (region: Region) => !part || belongsTo(part.core, region, score);
  const whiteCells = findWhiteCells(score, parameters, part?.norms.whiteThreshold);
  const own = whiteCells.filter((cell) => isOwn(largestLobe(cell)));
  const classes = classifyWhiteCells(
    measureWhiteCells(score, own.map(wholeNucleus)),
    BLOOD_CLASSIFIER,
    parameters.lymphocyteThreshold,
    WHITE_CELL_FEATURES,
  );
  const { regions, level } = findRedCells(score, parameters.rbcDiameter, part?.norms.red);
  const white = marksWithin(whiteCells, score);
  const redCells = regions
    .filter(isOwn)
    .filter(({ x, y }) => !white[Math.floor(y) * score.width + Math.floor(x)]);
  return [
    ...own.map((cell, index) => describeWhiteCell(score, cell, parameters, classes[index])),
    ...redCells.map((region) =>
      describeCell(score, level, boundsOf([region]), region, {
        cellType: 'RBC',
        confidence: redCellConfidence(region),
      }),
    ),
  ];
}

/** Top class of the stain score, without specks, lobes that lie close joined to one nucleus. */
export function findWhiteCells(
  score: ScoreImage,
  parameters: DetectionParameters,
  threshold = whiteThreshold(score, parameters),
): WhiteCell[] {
  const { smooth, width, height } = score;
  const { rbcDiameter, lobeGap } = parameters;
  const components = connectedComponents(packAbove(smooth, width, height, threshold));
  const lobes: Region[] = [];
  for (let i = 0; i < components.componentCount; i++) {
    if (components.area[i] >= SMALLEST_LOBE * rbcDiameter ** 2)
      lobes.push(regionOf(components, i, threshold));
  }
  return groupLobes(lobes, 2 * lobeGap * rbcDiameter)
    .filter((group) => sumAreas(group) >= SMALLEST_NUCLEUS * rbcDiameter ** 2)
    .map((group) => ({ lobes: group, bounds: boundsOf(group) }));
}

function whiteThreshold({ smooth }: ScoreImage, { otsuClasses }: DetectionParameters): number {
  return otsuThresholds(histogramOf(smooth), otsuClasses)[otsuClasses - 2];
}

function regionOf(components: Components, component: number, threshold: number): Region {
  const runs: number[] = [];
  let sumX = 0;
  let sumY = 0;
  for (let i = components.firstRun[component]; i >= 0; i = components.nextRun[i]) {
    const [row, from, to] = [components.runRow[i], components.runStart[i], components.runEnd[i]];
    runs.push(row, from, to);
    sumX += ((to - from) * (from + to - 1)) / 2;
    sumY += (to - from) * row;
  }
  const area = components.area[component];
  return { area, x: sumX / area, y: sumY / area, score: 0, threshold, runs: Int32Array.from(runs) };
}

/** One region of all lobes, its runs in raster order. */
export function wholeNucleus({ lobes }: WhiteCell): Region {
  const runs = lobes.flatMap((lobe) => runsOf(lobe)).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const area = sumAreas(lobes);
  const meanOf = (axis: 'x' | 'y') => lobes.reduce((sum, lobe) => sum + lobe.area * lobe[axis], 0) / area;
  return { ...lobes[0], area, x: meanOf('x'), y: meanOf('y'), runs: Int32Array.from(runs.flat()) };
}

/** Row, first column, column after the last of each run. */
function runsOf({ runs }: Region): number[][] {
  return Array.from({ length: runs.length / 3 }, (_, i) => [...runs.subarray(3 * i, 3 * i + 3)]);
}

/** Joins lobes whose gap is at most `reach` px, directly or through others. */
function groupLobes(lobes: readonly Region[], reach: number): Region[][] {
  const groups: Region[][] = [];
  for (const lobe of lobes) {
    const near = groups.filter((group) => group.some((other) => isWithin(lobe, other, reach)));
    const joined = [lobe, ...near.flat()];
    for (const group of near) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  }
  return groups;
}

function isWithin(a: Region, b: Region, reach: number): boolean {
  const [boxA, boxB] = [boundsOf([a]), boundsOf([b])];
  const gapX = Math.max(boxA.left - boxB.right, boxB.left - boxA.right);
  const gapY = Math.max(boxA.top - boxB.bottom, boxB.top - boxA.bottom);
  if (gapX > reach || gapY > reach) return false;
  for (let i = 0; i < a.runs.length; i += 3) {
    for (let j = 0; j < b.runs.length; j += 3) {
      const down = Math.max(0, Math.abs(a.runs[i] - b.runs[j]) - 1);
      const across = Math.max(0, a.runs[i + 1] - b.runs[j + 2], b.runs[j + 1] - a.runs[i + 2]);
      if (down * down + across * across <= reach * reach) return true;
    }
  }
  return false;
}

function describeWhiteCell(
  score: ScoreImage,
  cell: WhiteCell,
  parameters: DetectionParameters,
  named: CellClass,
): PlacedCell {
  const { bounds } = cell;
  const pad = parameters.boxPad * parameters.rbcDiameter;
  const padded = {
    left: Math.max(0, bounds.left - pad),
    top: Math.max(0, bounds.top - pad),
    right: Math.min(score.width, bounds.right + pad),
    bottom: Math.min(score.height, bounds.bottom + pad),
  };
  return describeCell(score, score.smooth, padded, largestLobe(cell), named);
}

function largestLobe({ lobes }: WhiteCell): Region {
  return lobes.reduce((a, b) => (b.area > a.area ? b : a));
}

function describeCell(
  score: ScoreImage,
  values: Uint8Array,
  bounds: Bounds,
  region: Region,
  named: Omit<CellClass, 'uncertain'> & { uncertain?: boolean },
): PlacedCell {
  const { left, top } = placementOf(score);
  return {
    row: top + region.runs[0],
    column: left + region.runs[1],
    cell: { ...boxInImage(score, bounds), ...named, nucleus: describeNucleus(score, values, region) },
  };
}

/** Certain where the whole circle has an edge. */
function redCellConfidence({ score }: Region): number {
  return 0.5 + 0.5 * score;
}

function sumAreas(regions: readonly Region[]): number {
  return regions.reduce((sum, region) => sum + region.area, 0);
}

/** 1 where a white cell's nucleus has its bounds, else 0: length width × height. */
function marksWithin(cells: readonly WhiteCell[], { width, height }: ScoreImage): Uint8Array {
  const marks = new Uint8Array(width * height);
  for (const { bounds } of cells) {
    for (let y = bounds.top; y < bounds.bottom; y++) {
      marks.fill(1, y * width + bounds.left, y * width + bounds.right);
    }
  }
  return marks;
}

function boundsOf(regions: readonly Region[]): Bounds {
  const bounds = {
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: 0,
    bottom: 0,
  };
  for (const { runs } of regions) {
    for (let i = 0; i < runs.length; i += 3) {
      bounds.left = Math.min(bounds.left, runs[i + 1]);
      bounds.right = Math.max(bounds.right, runs[i + 2]);
    }
    bounds.top = Math.min(bounds.top, runs[0]);
    bounds.bottom = Math.max(bounds.bottom, runs[runs.length - 3] + 1);
  }
  return bounds;
}
