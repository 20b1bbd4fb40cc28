import type { AppDependencies } from '../dependencies.ts';
import { listSamplesOfJobs } from './status-queries.ts';

/** The newest letters with their samples; none where the queue cannot show them, but always how many there are. */
export async function listDeadLetters(
  { database, jobs }: Pick<AppDependencies, 'database' | 'jobs'>,
  limit: number,
) {
  const letters = (await jobs.listDeadLetters?.(limit)) ?? [];
  const ids = letters.map(({ sampleId }) => sampleId).filter((id) => id !== undefined);
  const rows = await listSamplesOfJobs(database.db, ids);
  const samples = new Map(rows.map((row) => [row.jobId, row]));
  const items = letters.map(({ sampleId, reason, at }) => {
    const sample = sampleId === undefined ? undefined : samples.get(sampleId);
    return {
      jobId: sample?.jobId ?? null,
      originalFilename: sample?.originalFilename ?? null,
      inferenceStatus: sample?.inferenceStatus ?? null,
      reason: reason ?? null,
      at: at.toISOString(),
    };
  });
  return { items, total: await jobs.countDeadLetters() };
}
