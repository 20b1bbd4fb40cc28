import { describe, expect, it } from 'vitest';
import { api } from '../../contract/api.ts';
import { caseConverter } from '../../contract/casing.ts';
import { ApiError } from '../../contract/client.ts';
import { CellStore } from '../annotation/cell-store.ts';
import { takeBatch } from '../annotation/save-batch.ts';
import { latticeStore, saved } from '../annotation/testing/small-run.ts';
import {
  annotateBodyOf,
  isClash,
  isPassing,
  savedAnnotationOf,
  staleRowsOf,
  type WireAnnotation,
} from './annotation-wire.ts';

const SAMPLE = '01a20680-0ed7-7232-8249-770a67bcc63e';
const RUN = '01a20680-0ed7-7232-8249-770a67bcc63f';
const OLDER_RUN = '01a20680-0ed7-7232-8249-770a67bcc640';
const NEUTROPHIL = 2;

const wire = (part: Partial<WireAnnotation> = {}): WireAnnotation => ({
  id: 'a1',
  sampleId: SAMPLE,
  readingId: 'r1',
  runId: RUN,
  cellCoordinates: { x: 10, y: 10, width: 20, height: 20 },
  geometry: null,
  cellType: 'WBC-Neutrophil',
  comments: null,
  source: 'detection',
  detectionIndex: 3,
  confidence: 0.8,
  version: 4,
  updatedAt: '2026-11-23T03:00:00.000Z',
  ...part,
});

function problem(code: ConstructorParameters<typeof ApiError>[0]['code']): ApiError {
  return new ApiError({ type: 'about:blank', title: '', status: 400, code, detail: '', request_id: 'q' });
}

/** What the store would send after these acts. */
function batchAfter(store: CellStore, dirty: Iterable<number>) {
  const batch = takeBatch(store, new Set(dirty));
  if (!batch) throw new Error('nothing to save');
  return batch;
}

describe('annotations from the server', () => {
  it('lie on the cell of their index in the run that is shown', () => {
    const { run } = latticeStore(3, 2);
    const store = new CellStore({
      run,
      annotations: [savedAnnotationOf(wire(), RUN)],
      cellTypes: latticeStore(1, 1).cellTypes,
    });
    expect(store.columns.count).toBe(6);
    expect(store.describe(3)).toMatchObject({
      type: NEUTROPHIL,
      detectionIndex: 3,
      annotation: { id: 'a1', version: 4 },
    });
  });

  it('of an older run stand on their own box, beside the cells of this one', () => {
    const annotation = savedAnnotationOf(wire({ runId: OLDER_RUN }), RUN);
    expect(annotation.detectionIndex).toBeNull();
    const store = latticeStore(3, 2, [annotation]);
    expect(store.columns.count).toBe(7);
    expect(store.columns.state[3]).toBe(0);
  });
});

describe('a batch on its way to the server', () => {
  it('is a body that the contract takes, without ids of this page', () => {
    const store = latticeStore(3, 2, [
      saved({ id: SAMPLE, version: 2, detectionIndex: 1, source: 'detection' }),
    ]);
    store.relabel([0, 1], NEUTROPHIL);
    store.remove([2]);
    const added = store.add({ x: 1, y: 2, width: 3, height: 4 }, NEUTROPHIL);
    const body = annotateBodyOf(batchAfter(store, [0, 1, 2, added]), SAMPLE, RUN);
    const parsed = api.annotate.body.parse(caseConverter(api.annotate.body, 'snake')(body));
    expect(parsed.run_id).toBe(RUN);
    expect(
      parsed.annotations.map(({ source, detection_index: index, id, version }) => [
        source,
        index,
        id,
        version,
      ]),
    ).toEqual([
      ['detection', 0, undefined, undefined],
      ['detection', 1, SAMPLE, 2],
      ['rejection', 2, undefined, undefined],
      ['manual', undefined, undefined, undefined],
    ]);
  });

  it('names the rows to delete', () => {
    const store = latticeStore(1, 1, [saved({ id: SAMPLE })]);
    store.remove([1]);
    expect(annotateBodyOf(batchAfter(store, [1]), SAMPLE, null)).toEqual({
      sampleId: SAMPLE,
      annotations: [],
      removed: [SAMPLE],
    });
  });
});

describe('a refused batch', () => {
  const store = latticeStore(2, 2, [
    saved({ id: 'same', version: 1, detectionIndex: 0, source: 'detection' }),
    saved({ id: 'newer', version: 1, detectionIndex: 1, source: 'detection' }),
    saved({ id: 'gone', version: 1, detectionIndex: 2, source: 'detection' }),
  ]);
  store.relabel([0, 1, 2, 3], NEUTROPHIL);
  const batch = batchAfter(store, [0, 1, 2, 3]);

  it('clashes on the rows that are newer or gone, and on no other', () => {
    const newer = saved({ id: 'newer', version: 2 });
    expect(staleRowsOf(batch, [saved({ id: 'same', version: 1 }), newer])).toEqual([
      { id: 'newer', current: newer },
      { id: 'gone', current: null },
    ]);
  });

  it('is sent again only when that can help', () => {
    expect(isPassing(new TypeError('fetch failed'))).toBe(true);
    expect(isPassing(problem('unavailable'))).toBe(true);
    expect(isPassing(problem('rate_limited'))).toBe(true);
    expect(isPassing(problem('validation_failed'))).toBe(false);
    expect(isPassing(problem('stale_version'))).toBe(false);
    expect(isClash(problem('stale_version'))).toBe(true);
    expect(isClash(problem('conflict'))).toBe(true);
    expect(isClash(problem('forbidden'))).toBe(false);
  });
});
