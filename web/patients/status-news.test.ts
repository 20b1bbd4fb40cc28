import { expect, test } from 'vitest';
import type { SampleRow } from '../api/queries.ts';
import { statusesOf, statusNews } from './status-news.ts';

const sample = (jobId: string, inferenceStatus: SampleRow['inferenceStatus']) =>
  ({ jobId, inferenceStatus, originalFilename: `${jobId}.png` }) as SampleRow;

test('tells one image by name and several by number', () => {
  const before = statusesOf([sample('a', 'processing'), sample('b', 'pending'), sample('c', 'processing')]);
  expect(statusNews(before, [sample('a', 'completed')])).toBe('a.png completed');
  expect(
    statusNews(before, [sample('a', 'completed'), sample('b', 'failed'), sample('c', 'completed')]),
  ).toBe('2 images completed, b.png failed');
});

test('is silent of what did not end since: new on the page, begun, or as before', () => {
  const before = statusesOf([sample('a', 'pending'), sample('b', 'completed')]);
  const now = [sample('a', 'processing'), sample('b', 'completed'), sample('new', 'completed')];
  expect(statusNews(before, now)).toBe('');
});
