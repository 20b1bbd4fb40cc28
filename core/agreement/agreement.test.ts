import { describe, expect, test } from 'vitest';
import { cohensKappa, kappaInterval } from './kappa.ts';
import { matchCells } from './match-cells.ts';

const repeat = (count: number, one: string, other: string) =>
  Array.from({ length: count }, () => [one, other] as const);

describe('kappa', () => {
  test('is 0.4 for 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no (p_o 0.7, p_e 0.5)', () => {
    const pairs = [
      ...repeat(20, 'yes', 'yes'),
      ...repeat(5, 'yes', 'no'),
      ...repeat(10, 'no', 'yes'),
      ...repeat(15, 'no', 'no'),
    ];
    expect(cohensKappa(pairs)).toBeCloseTo(0.4, 12);
  });

  test('is 1 when all are named alike, -1 when two names are exchanged, null without a choice', () => {
    expect(cohensKappa([...repeat(3, 'a', 'a'), ...repeat(2, 'b', 'b')])).toBe(1);
    expect(cohensKappa([...repeat(2, 'a', 'b'), ...repeat(2, 'b', 'a')])).toBe(-1);
    expect(cohensKappa(repeat(3, 'a', 'a'))).toBeNull();
    expect(cohensKappa([])).toBeNull();
  });

  test('has an interval: for 20, 5, 10, 15 the variance is 0.2016 / 12.5, by hand from the formula', () => {
    const pairs = [
      ...repeat(20, 'yes', 'yes'),
      ...repeat(5, 'yes', 'no'),
      ...repeat(10, 'no', 'yes'),
      ...repeat(15, 'no', 'no'),
    ];
    const half = 1.959963984540054 * Math.sqrt(0.2016 / 12.5);
    expect(kappaInterval(pairs)?.lower).toBeCloseTo(0.4 - half, 12);
    expect(kappaInterval(pairs)?.upper).toBeCloseTo(0.4 + half, 12);
  });

  test('has none where nothing was left to chance or nothing varies, and none beyond 1', () => {
    expect(kappaInterval(repeat(3, 'a', 'a'))).toBeNull();
    expect(kappaInterval([...repeat(30, 'a', 'a'), ...repeat(20, 'b', 'b')])).toBeNull();
    const nearlyAlike = [...repeat(8, 'a', 'a'), ...repeat(1, 'a', 'b'), ...repeat(3, 'b', 'b')];
    expect(kappaInterval(nearlyAlike)?.upper).toBe(1);
  });
});

const cell = (x: number, y: number, cellType = 'a', size = 10) => ({
  cellType,
  box: { x, y, width: size, height: size },
});

describe("two readers' cells", () => {
  test('are paired by overlap, the closest first, each once', () => {
    const [first, second] = [
      [cell(0, 0), cell(3, 0), cell(100, 0)],
      [cell(2, 0), cell(200, 0), cell(0, 0, 'b')],
    ];
    expect(matchCells(first, second)).toEqual([
      { first: first[0], second: second[2] },
      { first: first[1], second: second[0] },
      { first: first[2], second: null },
      { first: null, second: second[1] },
    ]);
  });

  test('are the same pairs with the readers exchanged', () => {
    const at = (i: number) => (i * 7919) % 300;
    const first = Array.from({ length: 80 }, (_, i) => cell(at(i), at(i + 13), 'a', 20));
    const second = Array.from({ length: 80 }, (_, i) => cell(at(i) + (i % 9), at(i + 13), 'b', 20));
    const paired = matchCells(first, second).filter((pair) => pair.first && pair.second).length;
    const exchanged = matchCells(second, first).filter((pair) => pair.first && pair.second).length;
    expect(paired).toBe(exchanged);
    expect(paired).toBeGreaterThan(40);
  });

  test('that overlap by less than half are two cells', () => {
    expect(matchCells([cell(0, 0)], [cell(4, 0)])).toHaveLength(2);
    expect(matchCells([cell(0, 0)], [cell(3, 0)])).toHaveLength(1);
  });
});
