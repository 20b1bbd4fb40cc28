const RUNS = 9;

/** Median time of some work, ms, after two runs that do not count. */
export function medianMs(work: () => unknown): number {
  work();
  work();
  const times = Array.from({ length: RUNS }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return times.sort((a, b) => a - b)[RUNS >> 1];
}
