import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DetectedCell } from './detected-cell.ts';
import { packCells } from './pack-detected-cells.ts';
import { decodePackedCells, encodePackedCells } from './packed-cells.ts';

function cellAt(x: number, points: number, cellType = 'WBC-Macrophage'): DetectedCell {
  return {
    x,
    y: 2,
    width: 30,
    height: 40,
    cellType,
    confidence: 0.6,
    nucleus: {
      x: x + 10,
      y: 20,
      areaPx: 300.5,
      outline: Float32Array.from({ length: 2 * points }, (_, i) => x + i),
    },
  };
}

test('packs every field of every cell', () => {
  const packed = packCells([cellAt(1, 3), cellAt(50, 4, 'RBC')], ['WBC-Macrophage', 'RBC']);
  expect(packed.count).toBe(2);
  expect([...packed.box]).toEqual([1, 2, 30, 40, 50, 2, 30, 40]);
  expect([...packed.nucleus]).toEqual([11, 20, 60, 20]);
  expect([...packed.nucleusAreaPx]).toEqual([300.5, 300.5]);
  expect([...packed.type]).toEqual([0, 1]);
  expect([...packed.confidence]).toEqual([153, 153]);
  expect([...packed.outlineStart]).toEqual([0, 3, 7]);
  expect([...packed.outline.subarray(6)]).toEqual([50, 51, 52, 53, 54, 55, 56, 57]);
});

test('a type outside the list is refused', () => {
  expect(() => packCells([cellAt(1, 3, 'Yeast')])).toThrow(/cell type Yeast is not in the list/);
  expect(() => packCells([], new Array(256).fill('x'))).toThrow(/at most 255/);
});

test('bytes give back what was packed, wherever they lie in memory', () => {
  const cells = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom('A', 'Bé', '細胞'),
    ),
  );
  fc.assert(
    fc.property(cells, fc.integer({ min: 0, max: 3 }), (some, offset) => {
      const packed = packCells(
        some.map(([x, points, type]) => cellAt(x, points, type)),
        ['A', 'Bé', '細胞'],
      );
      const bytes = encodePackedCells(packed);
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      expect(decodePackedCells(moved.subarray(offset))).toEqual(packed);
    }),
  );
});

test('cells are uncertain where they were found so, and in runs from before that was stored none is', () => {
  const packed = packCells([cellAt(1, 3), { ...cellAt(50, 4), uncertain: true }]);
  const bytes = encodePackedCells(packed);
  expect([...decodePackedCells(bytes).uncertain]).toEqual([0, 1]);
  const before = bytes.slice(0, -3);
  expect(decodePackedCells(before)).toEqual({ ...packed, uncertain: new Uint8Array(2) });
});

test('other bytes and bytes cut short are refused', () => {
  const bytes = encodePackedCells(packCells([cellAt(1, 3)]));
  expect(() => decodePackedCells(bytes.slice(0, 10))).toThrow(/fewer bytes than a header/);
  expect(() => decodePackedCells(bytes.slice(0, -1))).toThrow(/are needed/);
  expect(() => decodePackedCells(new Uint8Array(64))).toThrow(/unknown format/);
});
