import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import { decodePackedCells, encodePackedCells } from '../../core/detection/packed-cells.ts';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import { ModelError } from '../platform/model-endpoint.ts';
import { detection } from '../testing/model-stub.ts';
import { cellTypeOf, namingOf } from './cell-naming.ts';
import { readReply } from './read-reply.ts';

const IMAGE = { width: 100, height: 80 };
const NAMING = namingOf();
const read = (reply: unknown) => readReply(reply, IMAGE, NAMING);
const readText = (text: string) => read(JSON.parse(text));

test('Hugging Face boxes become cells with the nucleus in the middle and no outline', () => {
  const { cells, version } = read([detection('Macrophage', [10, 20, 50, 60], 0.75)]);
  expect(version).toBeUndefined();
  expect(cells).toEqual([
    {
      x: 10,
      y: 20,
      width: 40,
      height: 40,
      cellType: 'WBC-Macrophage',
      confidence: 0.75,
      nucleus: { x: 30, y: 40, areaPx: 0, outline: new Float32Array(0) },
    },
  ]);
});

test('lines of balscope detect are read, with or without nuclei', () => {
  const box = { x: 10, y: 20, width: 40, height: 40, cell_type: 'WBC-Lymphocyte', confidence: 1 };
  const outline = [
    [20, 30],
    [40, 30],
    [30, 50],
  ];
  const nucleus = { x: 30, y: 36, area_px: 200, outline };
  const reply = {
    file: 'a.png',
    cells: [{ ...box, nucleus }, box],
    parameters: {},
    engine: 'x',
    version: '3.1',
  };
  const { cells, version } = read(reply);
  expect(version).toBe('3.1');
  expect(cells[0].nucleus).toEqual({ x: 30, y: 36, areaPx: 200, outline: Float32Array.from(outline.flat()) });
  expect(cells[1].nucleus).toMatchObject({ x: 30, y: 40, areaPx: 0 });
});

test('a nucleus outside its cell is not believed', () => {
  const nucleus = { x: 90, y: 70, area_px: 10, outline: [[0, 0]] };
  const cell = { x: 10, y: 20, width: 40, height: 40, cell_type: 'RBC', confidence: 1, nucleus };
  expect(read({ cells: [cell] }).cells[0].nucleus).toMatchObject({ x: 30, y: 40, areaPx: 0 });
});

test('boxes that reach over the edge are clipped to the image', () => {
  const { cells } = read([detection('wbc', [-5, -5, 20, 20]), detection('wbc', [90.5, 70, 130, 90])]);
  expect(cells.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
    [0, 0, 20, 20],
    [90.5, 70, 9.5, 10],
  ]);
});

test.each([
  [
    'a box beyond the image',
    [detection('wbc', [10, 10, 20, 20]), detection('wbc', [110, 0, 120, 9])],
    'cell 1 lies outside',
  ],
  [
    'a box before the image',
    [detection('wbc', [-9, -9, 0, 0])],
    'cell 0 lies outside the image of 100 × 80 pixels',
  ],
  ['a box turned round', [detection('wbc', [20, 10, 10, 20])], '0.box.xmax: must be greater than xmin'],
  ['a box without area', [detection('wbc', [10, 20, 20, 20])], '0.box.ymax: must be greater than ymin'],
  [
    'a negative width',
    { cells: [{ x: 1, y: 1, width: -4, height: 4, cell_type: 'RBC', confidence: 1 }] },
    '0.width',
  ],
  ['a score above 1', [detection('wbc', [1, 1, 2, 2], 87)], '0.score'],
  ['too many cells', Array(100_001).fill(detection('wbc', [1, 1, 2, 2])), '100000'],
  ['another image', { width: 50, height: 40, cells: [] }, '50 × 40 pixels, but it was sent 100 × 80'],
  ['an error with status 200', { error: 'out of memory' }, 'cells:'],
  ['a text', 'no cells today', 'expected object'],
  ['nothing', null, 'expected object'],
])('%s is refused, naming the place', (_, reply, message) => {
  expect(() => read(reply)).toThrow(ModelError);
  expect(() => read(reply)).toThrow(message);
});

test.each([
  ['1e999', 'NaN'],
  ['null', 'null'],
  ['"12"', 'string'],
  ['[]', 'array'],
])('%s for a coordinate is refused', (value) => {
  const text = `[{"label": "wbc", "score": 0.5, "box": {"xmin": ${value}, "ymin": 1, "xmax": 20, "ymax": 20}}]`;
  expect(() => readText(text)).toThrow(/0\.box\.xmin/);
  expect(() => readText(text.replace('0.5', value))).toThrow(/0\.score/);
});

test('whatever JSON comes, it is refused or gives cells that can be packed and lie in the image [CVE-2025-23045]', () => {
  const number = fc.oneof(fc.double(), fc.integer({ min: -50, max: 150 }), fc.constant(null));
  const box = fc.record({ xmin: number, ymin: number, xmax: number, ymax: number });
  const score = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), number);
  const replies = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.record({ label: fc.string(), score, box }), { maxLength: 3 }),
  );
  fc.assert(
    fc.property(replies, (reply) => {
      let cells: ReturnType<typeof read>['cells'];
      try {
        cells = read(JSON.parse(JSON.stringify(reply))).cells;
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
        return;
      }
      const packed = decodePackedCells(encodePackedCells(packCells(cells, NAMING.types)));
      expect(packed.count).toBe(cells.length);
      for (const { x, y, width, height } of cells) {
        expect(x >= 0 && y >= 0 && width > 0 && height > 0).toBe(true);
        expect(x + width <= 100.001 && y + height <= 80.001).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['lymphocyte', 'WBC-Lymphocyte'],
  ['Lymphocytes', 'WBC-Lymphocyte'],
  ['WBC-Lymphocyte', 'WBC-Lymphocyte'],
  ['alveolar_macrophage', 'WBC-Macrophage'],
  ['NEUTROPHIL', 'WBC-Neutrophil'],
  ['eosinophil', 'WBC-Eosinophil'],
  ['Mast cell', 'WBC-Mast'],
  ['WBC', 'WBC-Others'],
  ['rbc', 'RBC'],
  ['Red blood cell', 'RBC'],
  ['debris', 'Debris'],
  ['LABEL_3', 'Unclassified'],
  ['platelets', 'Unclassified'],
  ['__proto__', 'Unclassified'],
  ['constructor', 'Unclassified'],
  ['', 'Unclassified'],
])('the label %j names %s', (label, code) => {
  expect(cellTypeOf(NAMING, label)).toBe(code);
});

test("a laboratory's own labels hold above the common ones, and lead only to types that it has", () => {
  const cellTypes = [
    ...DEFAULT_LABORATORY_SETTINGS.cellTypes.filter(({ code }) => code !== 'RBC'),
    { ...DEFAULT_LABORATORY_SETTINGS.cellTypes[0], code: 'WBC-Foam', name: 'Foam cell' },
  ];
  const modelLabels = { LABEL_3: 'WBC-Foam', wbc: 'WBC-Lymphocyte', ghost: 'No-Such-Type' };
  const naming = namingOf({ cellTypes, modelLabels });
  const names = ['label_3', 'WBC', 'foam cells', 'ghost', 'rbc'].map((label) => cellTypeOf(naming, label));
  expect(names).toEqual(['WBC-Foam', 'WBC-Lymphocyte', 'WBC-Foam', 'Unclassified', 'Unclassified']);
  expect(naming.types).toContain('Unclassified');
});
