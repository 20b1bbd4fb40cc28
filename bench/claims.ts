// 10,000 queued jobs, handed to 1, 2 and 4 workers through the Jobs port: how long a claim takes, how many jobs a
// second, and whether each was handed out exactly once: npx node bench/claims.ts [jobs] [--backend local|s3-sqs]
import { parseArgs } from 'node:util';
import { asBackendName } from './backend.ts';
import { describeClaims, MOST_P99_MS, measureClaims, SEATS } from './measure-claims.ts';

const { values, positionals } = parseArgs({
  options: { backend: { type: 'string' } },
  allowPositionals: true,
});
const backend = asBackendName(values.backend);
const jobs = Number(positionals[0] ?? 10_000);
console.log(`${jobs} jobs on ${backend}, workers of ${SEATS} seats`);
await measureClaims({ backend, jobs, workers: [1, 2, 4] }, (claims) => {
  console.log(describeClaims(claims));
  const { lost, twice, p99Ms } = claims;
  if (lost + twice > 0 || p99Ms >= MOST_P99_MS) process.exitCode = 1;
});
