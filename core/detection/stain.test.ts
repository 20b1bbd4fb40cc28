import { expect, test } from 'vitest';
import { estimateBackground, opticalDensityTable, STEPS_PER_SCORE_UNIT, scoreStain } from './stain.ts';
import { drawDiscs, EMPTY } from './test-images.ts';

const pixels = (...colors: readonly (readonly number[])[]) => ({
  rgb: Uint8Array.from(colors.flat()),
  width: colors.length,
  height: 1,
});

/** The background that scoring normalises to, so that colours stay as they are. */
const NEUTRAL = [240, 240, 240];

test('finds the colour of the slide under cells that cover a third of it', () => {
  const { data, width, height } = drawDiscs(60, 60, [{ x: 30, y: 30, radius: 20 }]);
  const background = estimateBackground({ rgb: Uint8Array.from(data), width, height });
  for (const [channel, value] of background.entries())
    expect(Math.abs(value - EMPTY[channel])).toBeLessThan(5);
});

test('a black image counts as seen on white light', () => {
  expect(estimateBackground(pixels([0, 0, 0], [0, 0, 0]))).toEqual([255, 255, 255]);
});

// CIELAB a* of sRGB colours under D65, computed with skimage.color.rgb2lab.
test.each([
  [[128, 128, 128], 0],
  [[180, 120, 160], 29.62],
  [[130, 110, 170], 20.73],
  [[150, 170, 180], 0],
])('a* of %j is %f', (color, expected) => {
  const [score] = scoreStain(pixels(color), 'a*', NEUTRAL);
  expect(Math.abs(score / STEPS_PER_SCORE_UNIT - expected)).toBeLessThan(0.25);
});

test('saturation and density are in their units of 2.5 % and 0.025', () => {
  const [gray, half] = scoreStain(pixels([100, 100, 100], [240, 180, 240]), 'saturation', NEUTRAL);
  expect(gray).toBe(0);
  expect(half / STEPS_PER_SCORE_UNIT).toBeCloseTo(10, 0);
  const [tenth] = scoreStain(pixels([240, 120, 240]), 'od_green', NEUTRAL);
  expect(tenth / STEPS_PER_SCORE_UNIT).toBeCloseTo(Math.log10(2) / 0.025, 0);
});

test('chromatin adds half of a* and the green density', () => {
  const color = pixels([150, 120, 170]);
  const [redness] = scoreStain(color, 'a*', NEUTRAL);
  const [density] = scoreStain(color, 'od_green', NEUTRAL);
  const [chromatin] = scoreStain(color, 'chromatin', NEUTRAL);
  expect(Math.abs(chromatin - redness / 2 - density * 0.025 * 17.5)).toBeLessThanOrEqual(2);
});

test('nothing is less dense than the empty slide, and black stays finite', () => {
  const table = opticalDensityTable(200);
  expect([table[255], table[200]]).toEqual([0, 0]);
  expect(table[20]).toBeCloseTo(1);
  expect(table[0]).toBeLessThan(2.5);
});
