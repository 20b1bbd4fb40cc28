import { expect, test } from 'vitest';
import { cutOut, mosaicOf, sampledRegions } from './image-statistics.ts';

test('an image that fits is judged whole, a large one by 36 squares that lie in it', () => {
  expect(sampledRegions({ width: 8000, height: 6000 })).toEqual([
    [{ left: 0, top: 0, width: 8000, height: 6000 }],
  ]);
  const squares = sampledRegions({ width: 20_000, height: 9000 }).flat();
  expect(squares).toHaveLength(36);
  for (const { left, top, width, height } of squares) {
    expect([width, height]).toEqual([512, 512]);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left + width).toBeLessThanOrEqual(20_000);
    expect(top + height).toBeLessThanOrEqual(9000);
  }
  expect(new Set(squares.map(({ left, top }) => `${left} ${top}`)).size).toBe(36);
});

test('of a long, thin image one row of squares', () => {
  const [row, ...others] = sampledRegions({ width: 300_000, height: 300 });
  expect(others).toEqual([]);
  expect(row.map(({ width, height }) => [width, height])).toEqual(Array(6).fill([512, 300]));
});

test('a mosaic holds the pixels of its pieces side by side', () => {
  const data = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => i);
  const image = { data, width: 6, height: 4, channels: 3 as const };
  const piece = (left: number, top: number) => cutOut(image, { left, top, width: 3, height: 2 });
  const mosaic = mosaicOf([
    [piece(0, 0), piece(3, 0)],
    [piece(0, 2), piece(3, 2)],
  ]);
  expect(mosaic).toEqual(image);
});
