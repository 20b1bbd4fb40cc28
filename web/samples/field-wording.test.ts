import { expect, it } from 'vitest';
import { completionText } from './field-wording.ts';

const counts = (reviewed: number, present: number) => ({ reviewed: [reviewed, 0], present: [0, present] });

it('says what completing a field means before it is done, and what it meant after', () => {
  expect(completionText('unread', counts(82, 143), null)).toBe(
    '82 of 143 cells looked at and counted. If complete: all 143 cells of this field count, 61 not looked at one by one.',
  );
  expect(completionText('complete', counts(82, 143), null)).toBe(
    'Complete: all 143 cells of this field count, 61 not looked at one by one.',
  );
  expect(completionText('unread', counts(143, 143), null)).toBe('You looked at all 143 cells of this field.');
});

it('speaks of one cell, of none, and of exclusion', () => {
  expect(completionText('complete', counts(1, 1), null)).toBe('Complete: the one cell of this field counts.');
  expect(completionText('unread', counts(0, 0), null)).toBe('No cells found here.');
  expect(completionText('excluded', counts(3, 5), 'Out of focus')).toBe(
    'Excluded from the count: Out of focus',
  );
});
