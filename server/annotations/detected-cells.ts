import { LRUCache } from 'lru-cache';
import { decodePackedCells } from '../../core/detection/packed-cells.ts';
import type { DetectedCells } from '../../core/differential/count.ts';
import type { Db } from '../db/client.ts';
import { listRunCells } from './reading-queries.ts';

/** What counting and saving need of a run. */
export interface RunCells extends DetectedCells {
  sampleId: string;
  /** Of each cell's type, 0–255. */
  confidence: Uint8Array;
}

/** The runs used last: some 2,000 fields of 500 cells. Runs never change, so it is never stale. */
export type DetectedCellsCache = LRUCache<string, RunCells>;

const CACHE_BYTES = 16 * 1024 * 1024;

export function createDetectedCellsCache(): DetectedCellsCache {
  return new LRUCache({
    maxSize: CACHE_BYTES,
    // A run without cells has its place too.
    sizeCalculation: ({ box, type, confidence }) =>
      1 + box.byteLength + type.byteLength + confidence.byteLength,
  });
}

/** The detected cells of runs, by run. */
export async function readDetectedCells(
  db: Db,
  cache: DetectedCellsCache,
  runIds: readonly string[],
): Promise<Map<string, RunCells>> {
  const found = new Map<string, RunCells>();
  for (const runId of runIds) {
    const kept = cache.get(runId);
    if (kept) found.set(runId, kept);
  }
  const missing = runIds.filter((runId) => !found.has(runId));
  for (const { runId, sampleId, cells } of await listRunCells(db, missing)) {
    const { count, types, box, type, confidence } = decodePackedCells(cells);
    // Copies, so that the outlines, which are most of the bytes, are let go.
    const detected = {
      runId,
      sampleId,
      count,
      types,
      box: box.slice(),
      type: type.slice(),
      confidence: confidence.slice(),
    };
    cache.set(runId, detected);
    found.set(runId, detected);
  }
  return found;
}
