import { describeClaims, MOST_P99_MS, measureClaims } from '../measure-claims.ts';
import type { Fault } from './fault.ts';

const JOBS = 10_000;

export const waitingJobs: Fault = {
  name: 'waiting-jobs',
  row: '10,000 waiting jobs with 1, 2, 4 workers (jobs that do nothing; bench/claims.ts)',
  rounds: 1,
  run: async (trial) => {
    await trial.each(() =>
      measureClaims({ backend: trial.backend, jobs: JOBS, workers: [1, 2, 4] }, (claims) => {
        trial.note(describeClaims(claims));
        const { workers, lost, twice, p99Ms } = claims;
        trial.expect(lost === 0, `B: ${lost} jobs were never handed out to ${workers} workers`);
        trial.expect(twice === 0, `C: ${twice} jobs were handed out twice`);
        trial.expect(p99Ms < MOST_P99_MS, `a claim took ${p99Ms.toFixed(0)} ms (p99)`);
      }),
    );
  },
};
