import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { decodeImage } from '../../server/processing/decode-image.ts';
import { packAbove } from './bit-pack.ts';
import { connectedComponents } from './connected-components.ts';
import { detectCells } from './detect-cells.ts';
import type { DetectedCell } from './detected-cell.ts';
import { parseDetectionParameters } from './parameters.ts';

// Real images lie beside the repository on developers' machines only.
const DATA = path.join(import.meta.dirname, '../../../shared/data');
const FIELDS = path.join(DATA, 'bal-fields');
const COLLAGES = path.join(DATA, 'bal-collages');
const LIMITS = { maxPixels: 10_000_000 };
const PARAMETERS = parseDetectionParameters({});

const withFields = existsSync(FIELDS) ? test : test.skip;
const withCollages = existsSync(COLLAGES) ? test : test.skip;
if (!existsSync(DATA)) console.warn(`Real images are absent (${DATA}): their tests are skipped.`);

/** Nuclei of a mask (200), touching ones as one; specks below 60 px are not nuclei. */
async function trueNuclei(file: string) {
  const { data, width, height } = await decodeImage(file, LIMITS);
  const gray = Uint8Array.from({ length: width * height }, (_, i) => data[i * 3]);
  const found = connectedComponents(packAbove(gray, width, height, 199));
  const owner = new Int32Array(width * height).fill(-1);
  for (let i = 0; i < found.runCount; i++) {
    const component = found.runComponent[i];
    if (found.area[component] < 60) continue;
    owner.fill(
      component,
      found.runRow[i] * width + found.runStart[i],
      found.runRow[i] * width + found.runEnd[i],
    );
  }
  return { owner, width, areas: found.area.filter((area) => area >= 60) };
}

withFields('finds the nuclei of real fields: centre in nucleus F1 above 0.90', async () => {
  const tally = { hits: 0, found: 0, truth: 0 };
  for (const name of readdirSync(path.join(FIELDS, 'images'))) {
    const truth = await trueNuclei(path.join(FIELDS, 'masks', name));
    const { cells } = detectCells(await decodeImage(path.join(FIELDS, 'images', name), LIMITS), PARAMETERS);
    const hit = new Set(cells.map(({ nucleus }) => ownerAt(truth, nucleus)).filter((owner) => owner >= 0));
    tally.hits += hit.size;
    tally.found += cells.length;
    tally.truth += truth.areas.length;
  }
  // Further hits in one component of touching nuclei count as false here, so this is a lower bound.
  expect((2 * tally.hits) / (tally.found + tally.truth)).toBeGreaterThan(0.9);
});

function ownerAt(
  { owner, width }: { owner: Int32Array; width: number },
  { x, y }: DetectedCell['nucleus'],
): number {
  return owner[Math.floor(y) * width + Math.floor(x)];
}

withCollages('finds and names the cells of collages at two magnifications', async () => {
  const truth: Record<string, { x: number; y: number; width: number; height: number; cell_type: string }[]> =
    JSON.parse(readFileSync(path.join(COLLAGES, 'truth.json'), 'utf8'));
  const tally = { missed: 0, total: 0, lymphocytes: 0, named: 0, others: 0, kept: 0 };
  for (const [name, expected] of Object.entries(truth)) {
    const { cells } = detectCells(await decodeImage(path.join(COLLAGES, name), LIMITS), PARAMETERS);
    for (const cell of expected) {
      const centre = (box: typeof cell | DetectedCell) => [box.x + box.width / 2, box.y + box.height / 2];
      const away = (box: DetectedCell) =>
        Math.hypot(centre(box)[0] - centre(cell)[0], centre(box)[1] - centre(cell)[1]);
      const nearest = cells.reduce((a, b) => (away(b) < away(a) ? b : a));
      tally.total++;
      if (away(nearest) > Math.min(cell.width, cell.height) / 2) {
        tally.missed++;
        continue;
      }
      const isNamed = nearest.cellType === 'WBC-Lymphocyte';
      if (cell.cell_type === 'WBC-Lymphocyte') {
        tally.lymphocytes++;
        if (isNamed) tally.named++;
      } else {
        tally.others++;
        if (!isNamed) tally.kept++;
      }
    }
  }
  expect(tally.missed / tally.total).toBeLessThan(0.03);
  expect((tally.named / tally.lymphocytes + tally.kept / tally.others) / 2).toBeGreaterThan(0.91);
});
