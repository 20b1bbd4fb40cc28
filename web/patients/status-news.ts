import type { SampleRow } from '../api/queries.ts';
import { countOf } from '../ui/format.ts';

type Statuses = ReadonlyMap<string, SampleRow['inferenceStatus']>;

export const statusesOf = (samples: readonly SampleRow[]): Statuses =>
  new Map(samples.map(({ jobId, inferenceStatus }) => [jobId, inferenceStatus]));

/** What to tell of the images that were completed or failed since; empty when none was. */
export function statusNews(before: Statuses, samples: readonly SampleRow[]): string {
  const ended = samples.filter(({ jobId, inferenceStatus }) => {
    const known = before.get(jobId);
    return known !== undefined && known !== inferenceStatus;
  });
  const parts = (['completed', 'failed'] as const).map((status) => {
    const those = ended.filter(({ inferenceStatus }) => inferenceStatus === status);
    if (those.length === 0) return '';
    return `${those.length === 1 ? those[0].originalFilename : countOf(those.length, 'image')} ${status}`;
  });
  return parts.filter((part) => part).join(', ');
}
