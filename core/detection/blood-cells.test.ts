import { expect, test } from 'vitest';
import { detectCells } from './detect-cells.ts';
import { parseDetectionParameters } from './parameters.ts';
import { drawDiscs } from './test-images.ts';

const RED = [225, 165, 150];
const VIOLET = [90, 50, 130];

const redCells = [
  [30, 30],
  [90, 35],
  [160, 28],
  [40, 150],
  [180, 140],
  [30, 90],
].map(([x, y]) => ({ x, y, radius: 16, color: RED }));

test('joins the lobes of a white cell, pads its box, and finds red cells by themselves', () => {
  const lobes = [
    { x: 100, y: 100, radius: 9, color: VIOLET },
    { x: 121, y: 104, radius: 9, color: VIOLET },
  ];
  const platelet = { x: 180, y: 80, radius: 3, color: VIOLET };
  const image = drawDiscs(220, 180, [...redCells, ...lobes, platelet]);
  const { cells } = detectCells(image, parseDetectionParameters({ preset: 'blood', downscale: 1 }));
  const white = cells.filter(({ cellType }) => cellType.startsWith('WBC-'));
  expect(white).toHaveLength(1);
  expect(Math.abs(white[0].x - (91 - 0.2 * 32))).toBeLessThan(2.5);
  expect(Math.abs(white[0].width - (39 + 0.4 * 32))).toBeLessThan(5);
  const red = cells.filter(({ cellType }) => cellType === 'RBC');
  expect(red).toHaveLength(redCells.length);
  for (const { x, y } of redCells) {
    expect(Math.min(...red.map(({ nucleus }) => Math.hypot(nucleus.x - x, nucleus.y - y)))).toBeLessThan(1);
  }
});

test('takes its scale from the red cells', () => {
  const large = redCells.map(({ x, y, color }) => ({ x: 3 * x, y: 3 * y, radius: 48, color }));
  const image = drawDiscs(660, 540, large);
  const { downscale, scaleSource } = detectCells(image, parseDetectionParameters({ preset: 'blood' }));
  expect(scaleSource).toBe('estimated');
  expect(downscale).toBeCloseTo(2.83, 1);
});
