import { decodePackedCells } from '../../core/detection/packed-cells.ts';
import type { DetectedCells } from '../../core/differential/count.ts';
import type { Db } from '../db/client.ts';
import { ByteCache } from '../platform/byte-cache.ts';
import { listRunCells } from './reading-queries.ts';

/** What counting needs of the runs used last: some 2,000 fields of 500 cells. Runs never change, so it is never stale. */
export type DetectedCellsCache = ByteCache<DetectedCells>;

const CACHE_BYTES = 16 * 1024 * 1024;

export function createDetectedCellsCache(): DetectedCellsCache {
  return new ByteCache(CACHE_BYTES, ({ box, type }) => box.byteLength + type.byteLength);
}

/** The detected cells of runs, by run. */
export async function readDetectedCells(
  db: Db,
  cache: DetectedCellsCache,
  runIds: readonly string[],
): Promise<Map<string, DetectedCells>> {
  const found = new Map<string, DetectedCells>();
  for (const runId of runIds) {
    const kept = cache.get(runId);
    if (kept) found.set(runId, kept);
  }
  const missing = runIds.filter((runId) => !found.has(runId));
  for (const { runId, cells } of await listRunCells(db, missing)) {
    const { count, types, box, type } = decodePackedCells(cells);
    // Copies, so that the outlines, which are most of the bytes, are let go.
    const detected = { runId, count, types, box: box.slice(), type: type.slice() };
    cache.set(runId, detected);
    found.set(runId, detected);
  }
  return found;
}
