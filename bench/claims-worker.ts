// A worker of measure-claims.ts: its jobs do nothing but note that they were handed out.
import process from 'node:process';
import { connect } from '../server/db/client.ts';
import { type Handed, openMeasuredJobs, SEATS } from './measure-claims.ts';

const TELL_EVERY_MS = 20;

const database = connect(process.env.SQL_URI!);
const jobs = await openMeasuredJobs(process.env, database, { runsJobs: true });
/** Seats are told apart by the order of their ends: the one that ended longest ago is handed the next job. */
const freeSince: number[] = [];
let handed: Handed[] = [];
const report = () => {
  process.send?.(handed);
  handed = [];
};
const timer = setInterval(report, TELL_EVERY_MS);
process.once('message', async () => {
  clearInterval(timer);
  await jobs.close();
  await database.close();
  report();
  process.disconnect();
});
await jobs.work(
  async ({ sampleId }) => {
    const since = freeSince.shift();
    handed.push({ sampleId, claimMs: since === undefined ? null : performance.now() - since });
    freeSince.push(performance.now());
  },
  { concurrency: SEATS },
);
