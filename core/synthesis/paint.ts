import type { RgbImage } from '../detection/image.ts';
import type { CellModel } from './cell-models.ts';
import { valueNoise } from './noise.ts';

/** Red, green, blue of the empty slide in the middle of the field, read off real fields. */
const EMPTY_SLIDE = [251, 242, 206];

/** Share of the light that is lost in the corners, per channel. */
const CORNER_LOSS = [0.045, 0.07, 0.085];

/** Standard deviation of the camera's noise, 8-bit steps. */
const CAMERA_NOISE = 2.2;

/**
 * Adds the optical density of a cell to the field: where cells overlap, both absorb.
 * @param density length width × height × 3
 */
export function paintCell(
  density: Float32Array,
  width: number,
  height: number,
  model: CellModel,
  centreX: number,
  centreY: number,
): void {
  const reach = Math.ceil(model.reach);
  const bottom = Math.min(height, centreY + reach);
  const right = Math.min(width, centreX + reach);
  for (let y = Math.max(0, centreY - reach); y < bottom; y++) {
    for (let x = Math.max(0, centreX - reach); x < right; x++) {
      const [red, green, blue] = model.paint(x + 0.5 - centreX, y + 0.5 - centreY);
      const at = (y * width + x) * 3;
      density[at] += red;
      density[at + 1] += green;
      density[at + 2] += blue;
    }
  }
}

/** What the camera sees: light through the stained slide, uneven illumination, noise. */
export function fieldImage(
  density: Float32Array,
  width: number,
  height: number,
  scale: number,
  random: () => number,
): RgbImage {
  const data = new Uint8Array(density.length);
  const smears = valueNoise(Math.floor(random() * 2 ** 31), 40 * scale);
  const lamp = { x: width * (0.4 + 0.2 * random()), y: height * (0.4 + 0.2 * random()) };
  const corner = Math.max(width, height) ** 2 / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const fromLamp = ((x - lamp.x) ** 2 + (y - lamp.y) ** 2) / corner;
      const smear = 0.008 * smears(x, y);
      const brightness = CAMERA_NOISE * normalFrom(random);
      for (let c = 0; c < 3; c++) {
        const light = EMPTY_SLIDE[c] * (1 - CORNER_LOSS[c] * Math.min(1, fromLamp));
        const seen = light * 10 ** -(density[at + c] + smear);
        data[at + c] = Math.min(255, Math.max(0, seen + brightness + 2 * (random() - 0.5)));
      }
    }
  }
  return { data, width, height, channels: 3 };
}

/** About normally distributed: mean 0, standard deviation 1 (Irwin–Hall of three). */
function normalFrom(random: () => number): number {
  return 2 * (random() + random() + random() - 1.5);
}
