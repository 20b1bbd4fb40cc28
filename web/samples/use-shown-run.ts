import { useEffect, useEffectEvent, useState } from 'react';
import type { OpenSample } from './open-sample.ts';
import type { Sample } from './sample-queries.ts';

/**
 * The run whose cells are shown. When the image is processed again while somebody works on it, the cells stay as
 * they are until the reader asks for the new ones.
 */
export function useShownRun(sample: Sample) {
  const latest = {
    jobId: sample.jobId,
    runId: sample.latestRun?.runId ?? null,
    parameters: sample.latestRun?.parameters,
  };
  const [shown, setShown] = useState(latest);
  const [awaitedFor, setAwaitedFor] = useState<string | null>(null);
  const isOther = shown.jobId !== latest.jobId || shown.runId === null;
  if (isOther && (shown.jobId !== latest.jobId || shown.runId !== latest.runId)) setShown(latest);
  const current = isOther ? latest : shown;
  return {
    runId: current.runId,
    parameters: current.parameters,
    isOutdated: current.runId !== latest.runId,
    takeLatest: () => {
      setShown(latest);
      setAwaitedFor(null);
    },
    /** Whether the reader asked for a new run of this image and takes it as soon as it is there. */
    isAwaited: awaitedFor === sample.jobId,
    awaitNext: () => setAwaitedFor(sample.jobId),
  };
}

/** Takes the run that the reader asked for, once their own changes are saved. */
export function useTakeApplied(
  { isAwaited, isOutdated, takeLatest }: ReturnType<typeof useShownRun>,
  open: OpenSample | null,
): void {
  const take = useEffectEvent(() => void open?.autosave.flush().then(takeLatest));
  const isDue = isAwaited && isOutdated;
  useEffect(() => {
    if (isDue) take();
  }, [isDue]);
}
