import type { RgbImage } from '../detection/image.ts';
import { outlineCentroid, pixelOutline } from '../detection/outline.ts';
import { type CellModel, makeCell, SYNTHETIC_CELL_TYPES, type SyntheticCellType } from './cell-models.ts';
import { fieldImage, paintCell } from './paint.ts';
import { seededRandom } from './seeded-random.ts';
import type { Shape } from './shapes.ts';

export interface FieldOptions {
  /** Whole number; the same options give the same field. */
  seed: number;
  /** px, at least 16 */
  width: number;
  /** px, at least 16 */
  height: number;
  /** Cells of each type to place; fewer are placed when the field is full. */
  counts: Partial<Record<SyntheticCellType, number>>;
  /** Diameter of a macrophage's nucleus, px, 8–200, default 20. */
  nucleusDiameterPx?: number;
  /** Share of cells that touch another one, 0–1, default 0.3. */
  touching?: number;
}

/** The truth about one drawn cell; coordinates as in DetectedCell. */
export interface SyntheticCell {
  x: number;
  y: number;
  width: number;
  height: number;
  cellType: SyntheticCellType;
  /** Absent for cells without a nucleus. */
  nucleus?: { x: number; y: number; outline: Float32Array };
}

export interface SyntheticField {
  image: RgbImage;
  /** In the order they were placed. */
  cells: SyntheticCell[];
}

interface PlacedCell {
  model: CellModel;
  x: number;
  y: number;
}

/** Places tried for one cell before it is left out. */
const ATTEMPTS = 60;

/**
 * Draws a lavage field on a Giemsa-type stain with its exact truth: own drawing, for demonstration, tests and
 * load; not for training and not for measuring accuracy.
 * @throws RangeError when a size or share is out of range
 */
export function synthesizeField(options: FieldOptions): SyntheticField {
  const { seed, width, height, counts, nucleusDiameterPx = 20, touching = 0.3 } = options;
  requireRange('width', width, 16, 20_000);
  requireRange('height', height, 16, 20_000);
  requireRange('nucleusDiameterPx', nucleusDiameterPx, 8, 200);
  requireRange('touching', touching, 0, 1);
  const random = seededRandom(seed);
  const scale = nucleusDiameterPx / 20;
  const placed: PlacedCell[] = [];
  for (const cellType of SYNTHETIC_CELL_TYPES) {
    for (let i = 0; i < (counts[cellType] ?? 0); i++) {
      const model = makeCell(cellType, scale, random);
      const place = findPlace(model, placed, width, height, touching, random);
      if (place) placed.push({ model, ...place });
    }
  }
  const density = new Float32Array(width * height * 3);
  for (const cell of placed) paintCell(density, width, height, cell.model, cell.x, cell.y);
  return {
    image: fieldImage(density, width, height, scale, random),
    cells: placed.map((cell) => truthOf(cell, width, height)),
  };
}

/**
 * How many cells of each type make up a total, by largest remainder.
 * @param mix shares of any sum
 */
export function countsForMix(
  total: number,
  mix: Partial<Record<SyntheticCellType, number>>,
): Partial<Record<SyntheticCellType, number>> {
  const shares = SYNTHETIC_CELL_TYPES.map((type) => mix[type] ?? 0);
  const sum = shares.reduce((a, b) => a + b, 0);
  if (sum === 0) return {};
  const exact = shares.map((share) => (total * share) / sum);
  const counts = exact.map(Math.floor);
  const byRemainder = exact.map((_, i) => i).sort((a, b) => exact[b] - counts[b] - (exact[a] - counts[a]));
  const missing = total - counts.reduce((a, b) => a + b, 0);
  for (const i of byRemainder.slice(0, missing)) counts[i]++;
  return Object.fromEntries(SYNTHETIC_CELL_TYPES.map((type, i) => [type, counts[i]]));
}

function requireRange(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    throw new RangeError(`${name}: ${value} is not allowed; use a number from ${least} to ${most}`);
  }
}

/** A free place in the field, touching another cell or not; undefined when the field is full. */
function findPlace(
  model: CellModel,
  placed: readonly PlacedCell[],
  width: number,
  height: number,
  touching: number,
  random: () => number,
): { x: number; y: number } | undefined {
  const touches = placed.length > 0 && random() < touching;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let x = width * random();
    let y = height * random();
    if (touches) {
      const other = placed[Math.floor(random() * placed.length)];
      const angle = 2 * Math.PI * random();
      const distance = TOUCHING_DISTANCE * (other.model.radius + model.radius);
      x = other.x + distance * Math.cos(angle);
      y = other.y + distance * Math.sin(angle);
    }
    const closest = touches ? TOUCHING_DISTANCE - 0.01 : APART_DISTANCE;
    const free = placed.every(
      (cell) => Math.hypot(cell.x - x, cell.y - y) >= closest * (cell.model.radius + model.radius),
    );
    const margin = 0.75 * model.radius;
    const within = x > margin && y > margin && x < width - margin && y < height - margin;
    if (free && within) return { x: Math.round(x), y: Math.round(y) };
  }
  return undefined;
}

/** Distance of two cells' centres relative to the sum of their radii. */
const TOUCHING_DISTANCE = 0.97;
const APART_DISTANCE = 1.15;

function truthOf({ model, x, y }: PlacedCell, width: number, height: number): SyntheticCell {
  const field = { left: -x, top: -y, right: width - x, bottom: height - y };
  const inside = runsOf(
    (px, py) => Math.min(model.body(px, py), model.nucleus?.(px, py) ?? 1),
    model.reach,
    field,
  );
  const box = boundsOf(inside);
  const truth: SyntheticCell = { ...box, x: box.x + x, y: box.y + y, cellType: model.cellType };
  if (!model.nucleus) return truth;
  const outline = pixelOutline(runsOf(model.nucleus, model.reach, field));
  const placed = outline.map((value, i) => value + (i % 2 === 0 ? x : y));
  return { ...truth, nucleus: { ...outlineCentroid(placed), outline: placed } };
}

/** Row, first column and column after the last of the pixels whose centre lies in a shape and in the field. */
function runsOf(
  shape: Shape,
  reach: number,
  field: { left: number; top: number; right: number; bottom: number },
): Int32Array {
  const runs: number[] = [];
  const from = { x: Math.max(field.left, -Math.ceil(reach)), y: Math.max(field.top, -Math.ceil(reach)) };
  const to = { x: Math.min(field.right, Math.ceil(reach)), y: Math.min(field.bottom, Math.ceil(reach)) };
  for (let y = from.y; y < to.y; y++) {
    let start: number | undefined;
    for (let x = from.x; x <= to.x; x++) {
      const inside = x < to.x && shape(x + 0.5, y + 0.5) < 0;
      if (inside) start ??= x;
      else if (start !== undefined) {
        runs.push(y, start, x);
        start = undefined;
      }
    }
  }
  return Int32Array.from(runs);
}

function boundsOf(runs: Int32Array) {
  let left = runs[1];
  let right = runs[2];
  for (let i = 0; i < runs.length; i += 3) {
    left = Math.min(left, runs[i + 1]);
    right = Math.max(right, runs[i + 2]);
  }
  const top = runs[0];
  return { x: left, y: top, width: right - left, height: runs[runs.length - 3] + 1 - top };
}
