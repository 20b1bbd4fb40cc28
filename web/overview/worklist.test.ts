import { expect, test } from 'vitest';
import type { WorklistItem } from '../api/queries.ts';
import { firstToDo, inOrderOfWork, matchesFilter, matchesText, workPath } from './worklist.ts';

function lavage(lavageId: string, readingStatus: WorklistItem['readingStatus'], day: number): WorklistItem {
  return {
    lavageId,
    patient: { id: `patient-of-${lavageId}`, name: 'José Álvarez' },
    hospital: 'Saint-Luc',
    accessionNumber: 'BAL-26-0140',
    collectedAt: null,
    lastSampleAt: `2026-11-${String(day).padStart(2, '0')}T08:00:00Z`,
    samples: { pending: 0, processing: 0, completed: 4, failed: 0 },
    fields: { complete: 0, partly: 0, excluded: 0, unread: 4 },
    readingStatus,
    diagnoses: [],
    firstUnreadJobId:
      readingStatus === 'read' || readingStatus === 'diagnosed' ? null : `sample-of-${lavageId}`,
  };
}

const items = [
  lavage('new-late', 'new', 20),
  lavage('done-early', 'diagnosed', 1),
  lavage('half', 'half_read', 21),
  lavage('new-early', 'new', 3),
  lavage('done-late', 'diagnosed', 19),
  lavage('read', 'read', 15),
];

test('what was begun comes first, then what lacks a diagnosis, then what waits longest', () => {
  expect(inOrderOfWork(items).map(({ lavageId }) => lavageId)).toEqual([
    'half',
    'read',
    'new-early',
    'new-late',
    'done-late',
    'done-early',
  ]);
});

test('the first to do can be worked on: images that are still processed are passed over', () => {
  expect(firstToDo(items)?.lavageId).toBe('half');
  const unprocessed = { ...lavage('unprocessed', 'new', 1), firstUnreadJobId: null };
  expect(firstToDo([unprocessed, lavage('ready', 'new', 9)])?.lavageId).toBe('ready');
  expect(firstToDo([unprocessed, lavage('done', 'diagnosed', 2)])).toBeUndefined();
});

test('work goes on at the first unread image, else at the patient', () => {
  expect(workPath(items[2])).toBe('/samples/sample-of-half');
  expect(workPath(items[5])).toBe('/patients/patient-of-read');
});

test('filters and search', () => {
  const counts = (['to_do', 'new', 'diagnosed', 'all'] as const).map(
    (filter) => items.filter((item) => matchesFilter(item, filter)).length,
  );
  expect(counts).toEqual([4, 2, 2, 6]);
  expect(matchesText(items[0], '  álVAR ')).toBe(true);
  expect(matchesText(items[0], '0140')).toBe(true);
  expect(matchesText(items[0], 'durand')).toBe(false);
  expect(matchesText({ ...items[0], accessionNumber: null }, '0140')).toBe(false);
});
