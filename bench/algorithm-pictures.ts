// Draws what each step of cell detection makes of a synthetic field, for docs/algorithm.md:
//   npx node bench/algorithm-pictures.ts     writes docs/images/algorithm/*.webp
// The same code gives the same pictures.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { measureBalCells } from '../core/detection/bal-cells.ts';
import { growCells } from '../core/detection/cell-outline.ts';
import { cutOutCell } from '../core/detection/cell-patch.ts';
import { findRegions } from '../core/detection/component-tree.ts';
import { detectInScore, prepareScore } from '../core/detection/detect-cells.ts';
import { histogramOf, otsuThresholds } from '../core/detection/otsu.ts';
import { levelOutline } from '../core/detection/outline.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { opticalDensityTable, STEPS_PER_SCORE_UNIT } from '../core/detection/stain.ts';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';

/** Pixels of a picture, RGB. */
interface Raster {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** A part of the working image, px, that is shown enlarged. */
interface View {
  left: number;
  top: number;
  width: number;
  height: number;
}

const PICTURE_WIDTH = 640;
const FOLDER = path.join(import.meta.dirname, '../docs/images/algorithm');

const TINTS = [
  [86, 145, 214],
  [226, 146, 62],
  [104, 178, 96],
  [196, 102, 160],
  [150, 128, 206],
  [74, 178, 176],
] as const;

const TYPE_COLORS: Record<string, string> = {
  'WBC-Macrophage': '#1f6fd0',
  'WBC-Lymphocyte': '#d02f6a',
  'WBC-Neutrophil': '#1f8a4c',
  RBC: '#c46a00',
};

const field = synthesizeField({
  seed: 6,
  width: 640,
  height: 440,
  nucleusDiameterPx: 40,
  touching: 0.5,
  counts: {
    'WBC-Macrophage': 9,
    'WBC-Lymphocyte': 6,
    'WBC-Neutrophil': 4,
    'WBC-Eosinophil': 2,
    RBC: 3,
    Debris: 2,
  },
});
const parameters = parseDetectionParameters({});
const score = prepareScore(field.image, parameters);
const { nuclei, features } = measureBalCells(score, parameters);
const { cells } = detectInScore(score, parameters);
const { width, height } = score;
const whole: View = { left: 0, top: 0, width, height };
const working: Raster = { rgb: score.rgb, width, height };
const closeUp: View = { left: 204, top: 98, width: 112, height: 77 };
const thresholds: number[] = [];
for (
  let units = parameters.thresholdStart;
  units < parameters.thresholdStop;
  units += parameters.thresholdStep
)
  thresholds.push(Math.round(units * STEPS_PER_SCORE_UNIT));

process.stdout.write(
  `${nuclei.length} nuclei, ${features.length} measured, downscale ${score.downscale} (${score.statistics.scaleSource}), ` +
    `background ${score.background.join(', ')}\n`,
);
mkdirSync(FOLDER, { recursive: true });
await save('1-field', working, whole, '');
await save('2-background', blank(), whole, histogramLines());
await save('3-chromatin', grey(score.smooth), whole, '');
await save('4-learned-colours', grey(score.nuclear), whole, '');
await save('5-edges', grey(score.edges), whole, '');
await save('6-ladder', faded(working), closeUp, ladderLines());
await save('7-scored-nodes', faded(working), closeUp, nodeLines());
await save('8-cells', cellTints(), whole, nucleusLines('#222', 0.9));
await save('9-result', working, whole, resultLines());

/** Writes a view of a raster, enlarged without smoothing, with lines given in pixels of the raster on top. */
async function save(name: string, raster: Raster, view: View, lines: string): Promise<void> {
  const scale = PICTURE_WIDTH / view.width;
  const size = { width: PICTURE_WIDTH, height: Math.round(view.height * scale) };
  const box = `${view.left} ${view.top} ${view.width} ${view.height}`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
    `viewBox="${box}" preserveAspectRatio="none" fill="none" stroke-linejoin="round">${lines}</svg>`;
  const file = path.join(FOLDER, `${name}.webp`);
  const { size: bytes } = await sharp(raster.rgb, {
    raw: { width: raster.width, height: raster.height, channels: 3 },
  })
    .extract(view)
    .resize({ ...size, kernel: 'nearest', fit: 'fill' })
    .composite([{ input: Buffer.from(svg) }])
    .webp({ quality: 80, effort: 6 })
    .toFile(file);
  process.stdout.write(`${path.relative(process.cwd(), file)}: ${(bytes / 1000).toFixed(0)} kB\n`);
}

function blank(): Raster {
  return { rgb: new Uint8Array(width * height * 3).fill(255), width, height };
}

function grey(values: Uint8Array): Raster {
  return {
    rgb: Uint8Array.from({ length: 3 * values.length }, (_, i) => values[Math.floor(i / 3)]),
    width,
    height,
  };
}

/** Half way to white, so that lines stand out. */
function faded(raster: Raster): Raster {
  return { ...raster, rgb: raster.rgb.map((value) => 128 + value / 2) };
}

function outlinePath(outline: Float32Array, style: string): string {
  const points: string[] = [];
  for (let i = 0; i < outline.length; i += 2)
    points.push(`${outline[i].toFixed(2)},${outline[i + 1].toFixed(2)}`);
  return `<polygon points="${points.join(' ')}" ${style}/>`;
}

/** The histogram of each channel, and where the background was found. */
function histogramLines(): string {
  return ['#d0342c', '#2f8f3a', '#2b5fc0']
    .map((color, channel) => {
      const counts = histogramOf(score.rgb.filter((_, i) => i % 3 === channel));
      // The square root shows the stained pixels beside the many of the empty slide.
      const tallest = Math.sqrt(counts.reduce((most, count) => Math.max(most, count)));
      const place = (value: number) => ((value + 0.5) * width) / 256;
      const points = Array.from(
        counts,
        (count, value) =>
          `${place(value).toFixed(2)},${(height - 2 - (0.92 * height * Math.sqrt(count)) / tallest).toFixed(2)}`,
      );
      const at = place(score.background[channel]).toFixed(2);
      return (
        `<polyline points="${points.join(' ')}" stroke="${color}" stroke-width="0.8"/>` +
        `<path d="M${at} 0V${height}" stroke="${color}" stroke-width="0.8" stroke-dasharray="3 2"/>`
      );
    })
    .join('');
}

/** Regions of one rung of the ladder, with the score of each node. */
function rung(threshold: number) {
  const typicalArea = (Math.PI / 4) * parameters.nucleusDiameter ** 2;
  const { minArea, maxArea, edgeWeight, splitMargin } = parameters;
  return findRegions(score.nuclear, score.edges, width, height, {
    thresholds: [threshold],
    minArea: minArea * typicalArea,
    maxArea: maxArea * typicalArea,
    minScore: 0,
    edgeWeight,
    splitMargin,
  });
}

function nodeOutline({ runs, threshold }: { runs: Int32Array; threshold: number }): Float32Array {
  return levelOutline(runs, score.nuclear, width, height, threshold);
}

/** The nested components, from yellow at the lowest threshold to violet at the highest. */
function ladderLines(): string {
  return thresholds
    .flatMap((threshold, level) => {
      const share = level / (thresholds.length - 1);
      const color = `hsl(${Math.round(50 - 130 * share)}, 85%, ${Math.round(50 - 15 * share)}%)`;
      return rung(threshold).map((node) =>
        outlinePath(nodeOutline(node), `stroke="${color}" stroke-width="0.35"`),
      );
    })
    .join('');
}

/** The same nodes from red (score 0.7) to green (1.4), the chosen ones heavy. */
function nodeLines(): string {
  const nodes = thresholds.flatMap(rung).map((node) => {
    const share = Math.min(1, Math.max(0, (node.score - 0.7) / 0.7));
    return outlinePath(
      nodeOutline(node),
      `stroke="hsl(${Math.round(120 * share)}, 85%, 40%)" stroke-width="0.3"`,
    );
  });
  return nodes.join('') + nucleusLines('#111', 0.5);
}

function nucleusLines(color: string, thickness: number): string {
  return nuclei
    .map((nucleus) => outlinePath(nodeOutline(nucleus), `stroke="${color}" stroke-width="${thickness}"`))
    .join('');
}

/** Every cell in a tint of its own; inside, the part that is dark in red light, which most features are about. */
function cellTints(): Raster {
  const map = growCells(nuclei, score.density, width, height, parameters.nucleusDiameter);
  const light = score.background.map(opticalDensityTable);
  const rgb = faded(working).rgb;
  for (const index of nuclei.keys()) {
    const { cell, pixels, red } = cutOutCell(score, map, index, light);
    const [dark] = otsuThresholds(histogramOf(red.filter((_, at) => cell.includes(at))), 2);
    const tint = TINTS[index % TINTS.length];
    for (const [k, pixel] of pixels.entries()) {
      const strength = red[cell[k]] > dark ? 1 : 0.45;
      for (const [c, value] of tint.entries()) {
        rgb[3 * pixel + c] = 255 - strength * (255 - value);
      }
    }
  }
  return { rgb, width, height };
}

/** Cell boxes by type, dashed where uncertain, and nuclei. */
function resultLines(): string {
  const toWorking = width / field.image.width;
  return cells
    .map(({ x, y, width: boxWidth, height: boxHeight, cellType, uncertain, nucleus }) => {
      const color = TYPE_COLORS[cellType];
      const dashes = uncertain ? 'stroke-dasharray="3 2"' : '';
      const [left, top, across, down] = [x, y, boxWidth, boxHeight].map((v) => (v * toWorking).toFixed(2));
      return (
        `<rect x="${left}" y="${top}" width="${across}" height="${down}" stroke="${color}" stroke-width="1.2" ${dashes}/>` +
        outlinePath(
          nucleus.outline.map((v) => v * toWorking),
          `stroke="${color}" stroke-width="0.6"`,
        )
      );
    })
    .join('');
}
