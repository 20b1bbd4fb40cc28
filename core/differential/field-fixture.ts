import type { ReadField } from './count.ts';

/** A field in which a reader drew so many cells of each type, for tests. */
export function fieldWith(cells: Record<string, number>, part: Partial<ReadField> = {}): ReadField {
  return {
    sampleId: 'field',
    state: 'unread',
    countsInDifferential: true,
    widthPx: 1000,
    heightPx: 1000,
    micronsPerPixel: null,
    detected: null,
    marked: Object.entries(cells).flatMap(([cellType, count]) =>
      Array.from({ length: count }, () => ({
        cellType,
        box: { x: 100, y: 100, width: 20, height: 20 },
        source: 'manual' as const,
        runId: null,
        detectionIndex: null,
      })),
    ),
    ...part,
  };
}
