import type { Database } from '../db/client.ts';
import type { Logger } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Objects } from '../platform/objects.ts';
import { countDamaged, listDue } from './verification-queries.ts';
import { verifySample } from './verify-sample.ts';

/** A portion ends after so much was read: processing has the disk and the network first. */
const PORTION_BYTES = 64 * 1024 * 1024;
const PORTION_SAMPLES = 50;

interface Scrubbing {
  database: Database;
  objects: Objects;
  log: Logger;
  metrics: Metrics;
  /** Within so many days every sample has its turn. */
  withinDays: number;
}

/**
 * Makes the work that compares stored images with their hashes, a small portion a call. What is due is in the
 * samples' rows, so that any worker goes on where another one stopped.
 */
export function createScrubber({ database, objects, log, metrics, withinDays }: Scrubbing) {
  const count = metrics.counter({
    name: 'balscope_objects_verified_total',
    help: 'Stored images that were read again and compared with their hash, by what was found',
    labels: ['result'],
  });
  metrics.gauge(
    { name: 'balscope_objects_damaged', help: 'Samples whose stored images are missing or changed' },
    async () => [{ value: await countDamaged(database.db) }],
  );
  return async (signal: AbortSignal): Promise<void> => {
    let bytes = 0;
    for (const sample of await listDue(database.db, withinDays, PORTION_SAMPLES)) {
      if (signal.aborted || bytes > PORTION_BYTES) return;
      const damage = await verifySample({ database, objects, log }, sample);
      count({ result: damage ?? 'whole' });
      bytes += sample.sizeBytes;
    }
  };
}
