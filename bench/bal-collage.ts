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
}

export interface Collage {
  image: RgbImage;
  truth: { x: number; y: number; width: number; height: number; cellType: string }[];
}

const CELL_TYPES: Record<string, string> = {
  lymphocyte: 'WBC-Lymphocyte',
  macrophage: 'WBC-Macrophage',
  neutrophil: 'WBC-Neutrophil',
};

const COLLAGE_SIZE = 700;
const CROP_SPACE = 92;

/** Reads the crops under a folder; an empty list when it is absent. */
export async function loadCrops(folder: string): Promise<Crop[]> {
  if (!existsSync(folder)) return [];
  const crops: Crop[] = [];
  for (const set of ['20x', '40x']) {
    for (const [name, cellType] of Object.entries(CELL_TYPES)) {
      const from = path.join(folder, set, name);
      for (const file of readdirSync(from).sort()) {
        const image = await decodeImage(path.join(from, file), { maxPixels: 1_000_000 });
        crops.push({ image, cellType, set });
      }
    }
  }
  return crops;
}

/**
 * Lays crops of one slide set out as a slide: macrophages with a random share of lymphocytes (5–40 %) and
 * neutrophils (2–30 %), each cell turned at random.
 * @param random uniform in [0, 1)
 */
export function layOut(crops: readonly Crop[], random: () => number): Collage {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)];
  const lymphocytes = 0.05 + 0.35 * random();
  const neutrophils = 0.02 + 0.28 * random();
  const image = {
    data: new Uint8Array(COLLAGE_SIZE ** 2 * 3).fill(253),
    width: COLLAGE_SIZE,
    height: COLLAGE_SIZE,
    channels: 3 as const,
  };
  const truth: Collage['truth'] = [];
  for (let y = 4; y + CROP_SPACE <= COLLAGE_SIZE; y += CROP_SPACE) {
    for (let x = 4; x + CROP_SPACE <= COLLAGE_SIZE; x += CROP_SPACE) {
      const draw = random();
      const type =
        draw < lymphocytes
          ? CELL_TYPES.lymphocyte
          : draw < lymphocytes + neutrophils
            ? CELL_TYPES.neutrophil
            : CELL_TYPES.macrophage;
      const crop = pick(crops.filter((candidate) => candidate.cellType === type));
      const left = x + Math.floor(random() * 8);
      const top = y + Math.floor(random() * 8);
      const size = paste(crop.image, image, left, top, 2 * Math.PI * random());
      truth.push({ x: left, y: top, ...size, cellType: type });
    }
  }
  return { image, truth };
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
