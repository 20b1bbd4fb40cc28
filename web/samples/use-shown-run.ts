import { useState } from 'react';
import type { Sample } from './sample-queries.ts';

/**
 * The run whose cells are shown. When the image is processed again while somebody works on it, the cells stay as
 * they are until the reader asks for the new ones.
 */
export function useShownRun(sample: Sample) {
  const latest = { jobId: sample.jobId, runId: sample.latestRun?.runId ?? null };
  const [shown, setShown] = useState(latest);
  const isOther = shown.jobId !== latest.jobId || shown.runId === null;
  if (isOther && (shown.jobId !== latest.jobId || shown.runId !== latest.runId)) setShown(latest);
  const current = isOther ? latest : shown;
  return {
    runId: current.runId,
    isOutdated: current.runId !== latest.runId,
    takeLatest: () => setShown(latest),
  };
}
