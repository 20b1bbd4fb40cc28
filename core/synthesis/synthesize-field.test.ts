import { expect, test } from 'vitest';
import { detectCells } from '../detection/detect-cells.ts';
import { parseDetectionParameters } from '../detection/parameters.ts';
import { countsForMix, type FieldOptions, type SyntheticCell, synthesizeField } from './synthesize-field.ts';

const COUNTS = {
  'WBC-Macrophage': 20,
  'WBC-Lymphocyte': 7,
  'WBC-Neutrophil': 3,
  'WBC-Eosinophil': 2,
  'Epithelial-Ciliated': 1,
  RBC: 4,
  Debris: 6,
};
const FIELD: FieldOptions = { seed: 1, width: 500, height: 500, counts: COUNTS };

test('the same options draw the same field, another seed another one', () => {
  const options = { ...FIELD, width: 120, height: 90, counts: { 'WBC-Macrophage': 3, RBC: 2 } };
  expect(synthesizeField(options)).toEqual(synthesizeField(options));
  expect(synthesizeField({ ...options, seed: 2 }).image.data).not.toEqual(
    synthesizeField(options).image.data,
  );
});

test('places the cells asked for, nuclei inside their boxes, boxes inside the field', () => {
  const { cells } = synthesizeField(FIELD);
  for (const [type, count] of Object.entries(COUNTS)) {
    expect(cells.filter(({ cellType }) => cellType === type)).toHaveLength(count);
  }
  for (const { x, y, width, height, cellType, nucleus } of cells) {
    expect(Math.min(x, y, 500 - x - width, 500 - y - height)).toBeGreaterThanOrEqual(0);
    expect(nucleus === undefined).toBe(cellType === 'RBC' || cellType === 'Debris');
    const outline = [...(nucleus?.outline ?? [])];
    const columns = outline.filter((_, i) => i % 2 === 0);
    const rows = outline.filter((_, i) => i % 2 === 1);
    expect(outline.length === 0 || (Math.min(...columns) >= x && Math.max(...columns) <= x + width)).toBe(
      true,
    );
    expect(outline.length === 0 || (Math.min(...rows) >= y && Math.max(...rows) <= y + height)).toBe(true);
  }
});

test('a full field takes fewer cells', () => {
  const { cells } = synthesizeField({ ...FIELD, width: 80, height: 80, counts: { 'WBC-Macrophage': 50 } });
  expect(cells.length).toBeGreaterThan(0);
  expect(cells.length).toBeLessThan(10);
});

test('counts for a mix add up to the total', () => {
  expect(countsForMix(10, { 'WBC-Macrophage': 2, 'WBC-Lymphocyte': 1 })).toMatchObject({
    'WBC-Macrophage': 7,
    'WBC-Lymphocyte': 3,
  });
  const counts = countsForMix(101, {
    'WBC-Macrophage': 0.86,
    'WBC-Lymphocyte': 0.11,
    'WBC-Neutrophil': 0.03,
  });
  expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(101);
  expect(countsForMix(5, {})).toEqual({});
});

test.each([
  [{ width: 3 }, 'width: 3 is not allowed; use a number from 16 to 20000'],
  [{ nucleusDiameterPx: 500 }, 'nucleusDiameterPx: 500'],
  [{ touching: -1 }, 'touching: -1'],
])('%j is refused', (change, message) => {
  expect(() => synthesizeField({ ...FIELD, ...change })).toThrow(message);
});

test.each([
  [12, 6],
  [20, 6],
  [33, 4],
  [70, 2],
])('detection finds nuclei of %d px without being told their size', (nucleusDiameterPx, fields) => {
  const tally = { hits: 0, found: 0, drawn: 0, named: 0, lymphocytes: 0 };
  for (let seed = 1; seed <= fields; seed++) {
    const side = 25 * nucleusDiameterPx;
    const field = synthesizeField({ ...FIELD, seed, width: side, height: side, nucleusDiameterPx });
    const nucleated = field.cells.filter(({ nucleus }) => nucleus);
    const { cells } = detectCells(field.image, parseDetectionParameters({}));
    const used = new Set<SyntheticCell>();
    for (const { nucleus, cellType } of cells.filter((cell) => cell.cellType !== 'RBC')) {
      tally.found++;
      const hit = nucleated.find((cell) => !used.has(cell) && encloses(cell.nucleus!.outline, nucleus));
      if (!hit) continue;
      used.add(hit);
      tally.hits++;
      if (hit.cellType !== 'WBC-Lymphocyte') continue;
      tally.lymphocytes++;
      if (cellType === 'WBC-Lymphocyte') tally.named++;
    }
    tally.drawn += nucleated.length;
  }
  expect((2 * tally.hits) / (tally.found + tally.drawn)).toBeGreaterThanOrEqual(0.97);
  expect(tally.named / tally.lymphocytes).toBeGreaterThan(0.75);
});

/** Even–odd rule. */
function encloses(outline: Float32Array, { x, y }: { x: number; y: number }): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    const crosses = outline[i + 1] > y !== outline[j + 1] > y;
    const at = outline[j] - outline[i];
    if (crosses && x < (at * (y - outline[i + 1])) / (outline[j + 1] - outline[i + 1]) + outline[i])
      inside = !inside;
  }
  return inside;
}
