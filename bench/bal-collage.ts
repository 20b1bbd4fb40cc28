import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { RgbImage } from '../core/detection/image.ts';
import { decodeImage } from '../server/processing/decode-image.ts';

/** One single-cell crop of the measurement data. */
export interface Crop {
  image: RgbImage;
  cellType: string;
  /** Which slides it comes from: 20x or 40x. */
  set: string;
  /** Place among the crops of its type and set, which are in the order of their slides. */
  index: number;
}

export interface Collage {
  image: RgbImage;
  truth: { x: number; y: number; width: number; height: number; crop: Crop }[];
}

const CELL_TYPES: Record<string, string> = {
  lymphocyte: 'WBC-Lymphocyte',
  macrophage: 'WBC-Macrophage',
  neutrophil: 'WBC-Neutrophil',
};

const CROP_SPACE = 92;
const EMPTY_SLIDE = 253;
const CELLS_DRAWN = 72;

/** Reads the crops under a folder; an empty list when it is absent. */
export async function loadCrops(folder: string): Promise<Crop[]> {
  if (!existsSync(folder)) return [];
  const crops: Crop[] = [];
  for (const set of ['20x', '40x']) {
    for (const [name, cellType] of Object.entries(CELL_TYPES)) {
      const from = path.join(folder, set, name);
      for (const [index, file] of readdirSync(from).sort().entries()) {
        const image = await decodeImage(path.join(from, file), { maxPixels: 1_000_000 });
        crops.push({ image, cellType, set, index });
      }
    }
  }
  return crops;
}

/**
 * Draws the cells of a slide: macrophages with a random share of lymphocytes (5–40 %) and neutrophils (2–30 %).
 * @param random uniform in [0, 1)
 */
export function drawCells(crops: readonly Crop[], random: () => number): Crop[] {
  const lymphocytes = 0.05 + 0.35 * random();
  const neutrophils = 0.02 + 0.28 * random();
  return Array.from({ length: CELLS_DRAWN }, () => {
    const draw = random();
    const type =
      draw < lymphocytes ? 'lymphocyte' : draw < lymphocytes + neutrophils ? 'neutrophil' : 'macrophage';
    const candidates = crops.filter(({ cellType }) => cellType === CELL_TYPES[type]);
    return candidates[Math.floor(random() * candidates.length)];
  });
}

/** All crops in random order (Fisher–Yates). */
export function shuffle(crops: readonly Crop[], random: () => number): Crop[] {
  const shuffled = [...crops];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[other]] = [shuffled[other], shuffled[i]];
  }
  return shuffled;
}

/** Lays cells out as a slide, each turned at random. */
export function layOut(cells: readonly Crop[], random: () => number): Collage {
  const columns = Math.ceil(Math.sqrt(cells.length));
  const width = 8 + columns * CROP_SPACE;
  const height = 8 + Math.ceil(cells.length / columns) * CROP_SPACE;
  const image = {
    data: new Uint8Array(width * height * 3).fill(EMPTY_SLIDE),
    width,
    height,
    channels: 3 as const,
  };
  const truth = cells.map((crop, k) => {
    const x = 4 + (k % columns) * CROP_SPACE + Math.floor(random() * 8);
    const y = 4 + Math.floor(k / columns) * CROP_SPACE + Math.floor(random() * 8);
    return { x, y, ...paste(crop.image, image, x, y, 2 * Math.PI * random()), crop };
  });
  return { image, truth };
}

/** Another stain, lamp and focus: each channel's density × 0.58–1.73, light × 0.70–1, blur up to σ 1 px. */
export function disturb(image: RgbImage, random: () => number): RgbImage {
  const strength = Math.exp(0.3 * (2 * random() - 1));
  const light = 0.75 + 0.25 * random();
  const tables = Array.from({ length: 3 }, () => {
    const exponent = strength * Math.exp(0.25 * (2 * random() - 1));
    const empty = EMPTY_SLIDE * light * (0.93 + 0.07 * random());
    return Uint8Array.from({ length: 256 }, (_, value) =>
      Math.round(empty * Math.min(1, value / EMPTY_SLIDE) ** exponent),
    );
  });
  const data = Uint8Array.from(image.data, (value, i) => tables[i % 3][value]);
  const sigma = 2 * random() - 1;
  return { ...image, data: sigma > 0.2 ? blur(data, image.width, sigma) : data };
}

/** Gaussian over five pixels each way. */
function blur(data: Uint8Array, width: number, sigma: number): Uint8Array {
  const kernel = [-2, -1, 0, 1, 2].map((x) => Math.exp(-(x ** 2) / (2 * sigma ** 2)));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const along = (values: Uint8Array, step: number) =>
    values.map((_, i) => {
      let sum = 0;
      for (const [k, weight] of kernel.entries()) sum += weight * (values[i + (k - 2) * step] ?? values[i]);
      return Math.round(sum / total);
    });
  return along(along(data, 3), 3 * width);
}

/** Lays a crop over the slide, turned about its middle and moved by part of a pixel; the darker of both stays. */
function paste(crop: RgbImage, slide: RgbImage, left: number, top: number, angle: number) {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const width = Math.ceil(Math.abs(crop.width * cos) + Math.abs(crop.height * sin));
  const height = Math.ceil(Math.abs(crop.width * sin) + Math.abs(crop.height * cos));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromMiddleX = x + 0.5 - width / 2;
      const fromMiddleY = y + 0.5 - height / 2;
      const u = crop.width / 2 + cos * fromMiddleX + sin * fromMiddleY - 0.5;
      const v = crop.height / 2 - sin * fromMiddleX + cos * fromMiddleY - 0.5;
      const to = ((top + y) * slide.width + left + x) * 3;
      for (let c = 0; c < 3; c++) slide.data[to + c] = Math.min(slide.data[to + c], sampleAt(crop, u, v, c));
    }
  }
  return { width, height };
}

/** Bilinear; white outside the crop. */
function sampleAt({ data, width, height }: RgbImage, u: number, v: number, channel: number): number {
  const x = Math.floor(u);
  const y = Math.floor(v);
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= width || row >= height
      ? 255
      : data[(row * width + column) * 3 + channel];
  const upper = at(x, y) + (u - x) * (at(x + 1, y) - at(x, y));
  const lower = at(x, y + 1) + (u - x) * (at(x + 1, y + 1) - at(x, y + 1));
  return Math.round(upper + (v - y) * (lower - upper));
}
