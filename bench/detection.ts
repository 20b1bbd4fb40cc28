// Prints how long each stage of detection takes (median, ms) on synthetic fields: npx node bench/detection.ts
import { findBalCells, measureBalCells } from '../core/detection/bal-cells.ts';
import { blurBinomial5 } from '../core/detection/blur.ts';
import { detectCells, detectInScore, prepareScore } from '../core/detection/detect-cells.ts';
import { edgeStrength } from '../core/detection/edge-strength.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { resample } from '../core/detection/resample.ts';
import { estimateBackground, scoreStain } from '../core/detection/stain.ts';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';

const RUNS = 9;

const cases = [
  { name: '500×500, 20 px nuclei', width: 500, height: 500, nucleusDiameterPx: 20 },
  { name: '2012×1518, 75 px nuclei', width: 2012, height: 1518, nucleusDiameterPx: 75 },
  { name: '2012×1518, 20 px nuclei', width: 2012, height: 1518, nucleusDiameterPx: 20 },
];

for (const { name, ...size } of cases) {
  const cells = Math.round((size.width * size.height) / (2.6 * size.nucleusDiameterPx) ** 2 / 3);
  const counts = { 'WBC-Macrophage': cells, 'WBC-Lymphocyte': cells >> 2, 'WBC-Neutrophil': cells >> 3 };
  const { image } = synthesizeField({ seed: 1, counts, ...size });
  const parameters = parseDetectionParameters({});
  const score = prepareScore(image, parameters);
  const { width, height } = score;
  const raw = scoreStain(score, parameters.feature, score.background);
  const figures = {
    resample: medianMs(() => resample(image, score.downscale)),
    background: medianMs(() => estimateBackground(score)),
    score: medianMs(() => scoreStain(score, parameters.feature, score.background)),
    blur: medianMs(() => blurBinomial5(raw, width, height)),
    edges: medianMs(() => edgeStrength(score.smooth, width, height)),
    'prepare, with scale': medianMs(() => prepareScore(image, parameters)),
    'tree, cells, features': medianMs(() => measureBalCells(score, parameters)),
    'classes, outlines': medianMs(() => findBalCells(score, parameters)),
    'slider to cells': medianMs(() => detectInScore(score, parameters)),
    whole: medianMs(() => detectCells(image, parameters)),
  };
  const found = detectInScore(score, parameters);
  process.stdout.write(`${name}: ${found.cells.length} cells, working ${width}×${height}\n`);
  for (const [stage, ms] of Object.entries(figures)) {
    process.stdout.write(`  ${stage.padEnd(24)}${ms.toFixed(1).padStart(8)}\n`);
  }
}

function medianMs(run: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt;
  });
  return times.sort((a, b) => a - b)[RUNS >> 1];
}
