import { expect, test } from 'vitest';
import { displayFilename } from './display-filename.ts';
import { sortNameOf } from './sort-name.ts';

test.each([
  ['numbers by value', ['field_2.png', 'field_10.png', 'field_100.png']],
  ['every number of the name', ['s1 f2', 's1 f11', 's2 f1', 's10 f1']],
  ['leading zeros as if they were not there', ['f_01', 'f_2', 'f_003', 'f_10']],
  ['times as long numbers', ['img20261123140459', 'img20261123140500', 'img20271123000000']],
  ['capitals as small letters', ['A1', 'b1', 'B2', 'c1']],
])('orders %s', (_, names) => {
  const sorted = [...names].reverse().sort((a, b) => (sortNameOf(a) < sortNameOf(b) ? -1 : 1));
  expect(sorted).toEqual(names);
});

test('stays short however long the name', () => {
  const name = displayFilename(`${'1a'.repeat(400)}🫁.png`);
  expect([...sortNameOf(name)]).toHaveLength(200);
  expect(sortNameOf('0')).toBe('0'.repeat(16));
});
