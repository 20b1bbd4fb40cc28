import { describe, expect, test } from 'vitest';
import { addressOfCell, cropAround, placeIn } from '../ui/cell-place.ts';
import { commonestExchanges, confusionMatrix } from './confusion-matrix.ts';
import { meaningOf, meaningWithin } from './kappa-wording.ts';

describe('what kappa means', () => {
  test.each([
    [-0.1, /^poor/],
    [0, /^slight/],
    [0.2, /^slight/],
    [0.21, /^fair/],
    [0.6, /^moderate/],
    [0.61, /^substantial/],
    [1, /^almost perfect/],
  ])('%d', (kappa, meaning) => {
    expect(meaningOf(kappa)).toMatch(meaning);
  });

  test('is not settled where the interval reaches into another band', () => {
    expect(meaningWithin(0.7, { lower: 0.65, upper: 0.75 })).toBe('substantial agreement');
    expect(meaningWithin(0.7, { lower: 0.5, upper: 0.85 })).toBe(
      'substantial agreement; within its interval anything from moderate to almost perfect',
    );
    expect(meaningWithin(1, null)).toMatch(/do not tell how certain/);
  });
});

describe('who called what how', () => {
  const confusion = [
    { first: 'L', second: 'M', count: 2 },
    { first: 'M', second: 'M', count: 40 },
    { first: 'M', second: 'L', count: 3 },
    { first: 'Gone', second: 'L', count: 1 },
  ];
  test('is a square table in the order of the laboratory, types it no longer lists last', () => {
    expect(confusionMatrix(confusion, [{ code: 'M' }, { code: 'L' }, { code: 'N' }])).toEqual({
      types: ['M', 'L', 'Gone'],
      counts: [
        [40, 3, 0],
        [2, 0, 0],
        [0, 1, 0],
      ],
      rowTotals: [43, 2, 1],
    });
  });

  test('names the exchanges either way round, most first', () => {
    expect(commonestExchanges(confusion)).toEqual([
      { types: ['L', 'M'], count: 5 },
      { types: ['Gone', 'L'], count: 1 },
    ]);
  });
});

describe('the place of a cell', () => {
  test('is in the address of its image, and only there where it is whole', () => {
    const box = { x: 10.4, y: -2, width: 20, height: 30 };
    const address = addressOfCell('id', box);
    expect(address).toBe('/samples/id#cell=10,-2,20,30');
    expect(placeIn(address.slice(address.indexOf('#')))).toEqual({ x: 10, y: -2, width: 20, height: 30 });
    for (const hash of ['', '#cell=', '#cell=1,2,3', '#cell=a,b,c,d', '#page']) {
      expect(placeIn(hash), hash).toBeUndefined();
    }
  });

  test('is shown with what lies around it, in the middle of a square', () => {
    expect(cropAround({ x: 100, y: 100, width: 20, height: 10 })).toEqual({ x: 94, y: 89, side: 32 });
  });
});
