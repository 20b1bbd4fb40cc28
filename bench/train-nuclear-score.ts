// Trains the score of nuclei in Giemsa-stained lavage fields and writes core/detection/nuclear-weights.ts:
//   npx node bench/train-nuclear-score.ts [--data ../shared/data/bal-fields] [--leave-out K/N] [--out FILE]
// --leave-out 0/5 trains without every fifth field, the first of them included, for cross-validation.
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { RgbImage } from '../core/detection/image.ts';
import { type StainBalance, stainBalance } from '../core/detection/nuclear-score.ts';
import { type ColouredImage, stainImage } from '../core/detection/stained-image.ts';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import { decodeImage } from '../server/processing/decode-image.ts';
import { fitLogit } from './logit.ts';

const LIMITS = { maxPixels: 10_000_000 };
const NUCLEUS = 200;
const CYTOPLASM = 100;

/** Share of the pixels trained on: most of the slide is empty, and the border of nuclei decides. */
const SHARES = { nucleus: 0.1, cytoplasm: 0.05, otherStained: 0.03, empty: 0.003 };
const OTHER_STAINED_DENSITY = 15;

/** Every field is also seen as other cameras would show it. */
interface Camera {
  /** Of red, green and blue; what exceeds 255 is cut off. */
  gains: readonly number[];
  gamma: number;
  /** Of the pixels taken from a field as it is. */
  share: number;
}

const CAMERAS: readonly Camera[] = [
  { gains: [1, 1, 1], gamma: 1, share: 1 },
  { gains: [1.1, 1, 0.9], gamma: 1, share: 0.4 },
  { gains: [0.9, 1, 1.1], gamma: 1, share: 0.4 },
  { gains: [1, 1, 1], gamma: 0.75, share: 0.4 },
  { gains: [1, 1, 1], gamma: 1.25, share: 0.4 },
];

const here = import.meta.dirname;
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: path.join(here, '../../shared/data/bal-fields') },
    'leave-out': { type: 'string', default: '-1/1' },
    out: { type: 'string', default: path.join(here, '../core/detection/nuclear-weights.ts') },
  },
});
const [leftOut, folds] = options['leave-out'].split('/').map(Number);
const names = readdirSync(path.join(options.data, 'images')).filter((_, i) => i % folds !== leftOut);

const random = seededRandom(1);
const rows: Float64Array[] = [];
const labels: boolean[] = [];
const balances: StainBalance[] = [];
for (const name of names) {
  const image = await decodeImage(path.join(options.data, 'images', name), LIMITS);
  const mask = await decodeImage(path.join(options.data, 'masks', name), LIMITS);
  balances.push(stainBalance(stainImage(image, 1))!);
  for (const camera of CAMERAS) addRows(stainImage(throughCamera(image, camera), 1), mask.data, camera.share);
}
const weights = fitLogit(rows, labels, 1e-6);
const balance = [0, 1, 2].map((c) => balances.reduce((sum, shares) => sum + shares[c], 0) / balances.length);
writeFileSync(options.out, sourceOf());
process.stdout.write(`${rows.length} pixels of ${names.length} fields; wrote ${options.out}\n`);

function throughCamera(image: RgbImage, { gains, gamma }: Camera): RgbImage {
  const data = new Uint8ClampedArray(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = 255 * ((gains[i % 3] * image.data[i]) / 255) ** gamma;
  return { ...image, data };
}

/** Red, green, blue density, their products and eosin at half resolution, then what full resolution adds. */
function addRows(stained: ColouredImage, mask: Uint8Array | Uint8ClampedArray, share: number): void {
  const { width, height, density, light, half } = stained;
  const [red, green, blue] = [half.red, half.green, half.blue].map((plane, channel) => {
    const densities = light[channel];
    return Float32Array.from(plane, (value) => densities[value]);
  });
  const terms = [
    red,
    green,
    blue,
    ...[
      [red, red],
      [red, green],
      [red, blue],
      [green, green],
      [green, blue],
      [blue, blue],
    ].map(([a, b]) => a.map((value, i) => value * b[i])),
    green.map((value, i) => Math.max(0, value - red[i])),
    blue.map((value, i) => Math.max(0, value - red[i] / 2)),
  ].map((term) => enlarged(term, half, width, height));
  for (let i = 0; i < density.length; i++) {
    if (random() > share * shareOf(mask[3 * i], density[i])) continue;
    const [r, g, b] = terms.map((term) => term[i]);
    rows.push(Float64Array.from([...terms.map((term) => term[i]), density[i] / 100 - r - g - b]));
    labels.push(mask[3 * i] === NUCLEUS);
  }
}

/** Bilinear values of a half-size image at every pixel, as `addDetail` enlarges colour. */
function enlarged(
  values: Float32Array,
  half: { width: number; height: number },
  width: number,
  height: number,
): Float32Array {
  const beside = (at: number, size: number) => Math.max(0, Math.min(size - 1, (at >> 1) + (at & 1 ? 1 : -1)));
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const inRow = (row: number) =>
      (3 * values[row * half.width + (x >> 1)] + values[row * half.width + beside(x, half.width)]) / 4;
    return (3 * inRow(y >> 1) + inRow(beside(y, half.height))) / 4;
  });
}

function shareOf(mask: number, density: number): number {
  if (mask === NUCLEUS) return SHARES.nucleus;
  if (mask === CYTOPLASM) return SHARES.cytoplasm;
  return density > OTHER_STAINED_DENSITY ? SHARES.otherStained : SHARES.empty;
}

function sourceOf(): string {
  const list = (values: readonly number[], digits: number) =>
    values.map((v) => +v.toFixed(digits)).join(', ');
  return `// Written by bench/train-nuclear-score.ts; change the script, not this file.

/** Mean shares of red, green and blue in the optical density of the stain that was trained on. */
export const STAIN_BALANCE: readonly number[] = [${list(balance, 4)}];

/** Weights of the logit that a pixel belongs to a nucleus. */
export const NUCLEAR_WEIGHTS = {
  /** Of the optical densities r, g, b, r², rg, rb, g², gb, b². */
  colour: [${list(weights.slice(0, 9), 2)}],
  /** Of what green exceeds red, and blue half of red. */
  eosin: [${list(weights.slice(9, 11), 2)}],
  /** Of the total density beyond that of the half-size image. */
  detail: ${list([weights[11]], 2)},
  bias: ${list([weights[12]], 3)},
};
`;
}
