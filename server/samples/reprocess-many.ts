import type { Database } from '../db/client.ts';
import { checkDetection } from '../model/check-detection.ts';
import { listSampleIds, lockSamples, type SampleFilter } from './queries.ts';
import { isBusy, queueAgain, type Reprocessing, type ReprocessingDependencies } from './reprocess.ts';

/** Of one request; also as many as `job_ids` may name. */
const MOST_SAMPLES = 1000;
/** Of one transaction, so that rows are locked for a moment only. */
const CHUNK = 50;

interface Batch extends Reprocessing {
  jobIds?: string[];
  filter?: SampleFilter;
  /** The `next` of an earlier answer to the same filter. */
  after?: string;
}

interface Refused {
  jobId: string;
  code: 'not_found' | 'conflict';
  detail: string;
}

/**
 * Queues samples once more, some at a time: what one chunk has queued stays so whatever becomes of the next.
 * @throws AppError validation_failed
 */
export async function reprocessMany(
  { database: { db }, jobs, imageJobs }: ReprocessingDependencies & { database: Database },
  { jobIds, filter = {}, after, ...wanted }: Batch,
): Promise<{ queued: number; refused: Refused[]; next: string | null }> {
  const { caller } = wanted;
  checkDetection(imageJobs.engines, wanted);
  const found = jobIds
    ? [...new Set(jobIds)]
    : await listSampleIds(db, caller, filter, { after, limit: MOST_SAMPLES + 1 });
  const chosen = found.slice(0, MOST_SAMPLES);
  const refused: Refused[] = [];
  let queued = 0;
  for (let at = 0; at < chosen.length; at += CHUNK) {
    const chunk = chosen.slice(at, at + CHUNK);
    await db.transaction(async (tx) => {
      const samples = await lockSamples(tx, caller, chunk);
      const idle = samples.filter((sample) => !isBusy(sample));
      await queueAgain(tx, jobs, idle, wanted);
      queued += idle.length;
      refused.push(...refusalsOf(chunk, samples));
    });
  }
  return { queued, refused, next: found.length > chosen.length ? chosen[chosen.length - 1] : null };
}

function refusalsOf(asked: string[], found: Awaited<ReturnType<typeof lockSamples>>): Refused[] {
  const known = new Map(found.map((sample) => [sample.jobId, sample]));
  return asked.flatMap((jobId): Refused[] => {
    const sample = known.get(jobId);
    if (!sample) return [{ jobId, code: 'not_found', detail: 'There is no such sample.' }];
    if (!isBusy(sample)) return [];
    return [{ jobId, code: 'conflict', detail: 'The sample is waiting or being processed already.' }];
  });
}
