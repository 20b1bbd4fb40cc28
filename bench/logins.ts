// How long a login takes for known and unknown accounts, and what a crowd that signs in does to everybody else, on
// loopback with one API process:
//   node bench/logins.ts [--pairs 40] [--crowd 50]
// Wrong passwords of a known and an unknown account take turns; their medians must lie within 10 % of each other.
// While so many people sign in at once, GET /health must answer within 50 ms at the 99th percentile.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import bcrypt from 'bcrypt';
import { insertUser, TEST_PASSWORD } from '../server/testing/factories.ts';
import { percentile } from './percentile.ts';
import { startSystem } from './running-system.ts';

/** As passwords are kept; the hash of the tests is a cheap one. */
const COST = 12;
const HEALTH_EVERY_MS = 5;
/** Answers before the crowd, to tell its effect from that of a busy machine. */
const ALONE = 500;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '40' },
    crowd: { type: 'string', default: '50' },
  },
});
const [pairs, crowd] = [Number(values.pairs), Number(values.crowd)];
if (!(pairs >= 1 && crowd >= 1)) throw new RangeError('--pairs and --crowd: give whole numbers from 1');

const system = await startSystem({ LOGIN_RATE_LIMIT_PER_MINUTE: '100000' });
try {
  const { db } = system.database;
  const passwordHash = bcrypt.hashSync(TEST_PASSWORD, COST);
  const known = await insertUser(db, 'UPLOADER', { passwordHash, hospitalId: system.staff.hospital.id });
  await comparison(known.email);
  const people = [];
  for (let person = 0; person < crowd; person++) {
    people.push(await insertUser(db, 'UPLOADER', { passwordHash, hospitalId: system.staff.hospital.id }));
  }
  await healthDuring(people.map(({ email }) => email));
} finally {
  await system.close();
}

async function login(email: string, password: string): Promise<{ status: number; tookMs: number }> {
  const startedAt = performance.now();
  const response = await fetch(`${system.origin}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  await response.text();
  return { status: response.status, tookMs: performance.now() - startedAt };
}

async function comparison(knownEmail: string): Promise<void> {
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let warmUp = 0; warmUp < 3; warmUp++) await login(knownEmail, 'wrong');
  for (let pair = 0; pair < pairs; pair++) {
    // Which comes first changes, so that what the machine does besides meets both.
    const turns = [
      ['known', knownEmail],
      ['unknown', `nobody-${pair}@example.org`],
    ] as const;
    for (const [which, email] of pair % 2 ? turns.toReversed() : turns) {
      const { status, tookMs } = await login(email, 'wrong');
      if (status !== 401) throw new Error(`a login answered ${status} instead of 401`);
      times[which].push(tookMs);
    }
  }
  const [ofKnown, ofUnknown] = [percentile(times.known, 0.5), percentile(times.unknown, 0.5)];
  const apart = Math.abs(ofKnown - ofUnknown) / Math.min(ofKnown, ofUnknown);
  console.log(
    `wrong password, ${pairs} each: known ${ofKnown.toFixed(1)} ms, unknown ${ofUnknown.toFixed(1)} ms (medians), ${(100 * apart).toFixed(1)} % apart (at most 10)`,
  );
}

async function healthDuring(emails: readonly string[]): Promise<void> {
  const health = async () => {
    const startedAt = performance.now();
    await (await fetch(`${system.origin}/health`)).text();
    return performance.now() - startedAt;
  };
  const alone: number[] = [];
  for (let at = 0; at < 50 + ALONE; at++) {
    const tookMs = await health();
    if (at >= 50) alone.push(tookMs);
    await delay(HEALTH_EVERY_MS);
  }
  console.log(`nobody signs in: GET /health ${summaryOf(alone)}`);
  const startedAt = performance.now();
  const crowded = Promise.all(emails.map((email) => login(email, TEST_PASSWORD)));
  let isCrowded = true;
  void crowded.finally(() => {
    isCrowded = false;
  });
  const times: number[] = [];
  while (isCrowded) {
    times.push(await health());
    await delay(HEALTH_EVERY_MS);
  }
  const statuses = (await crowded).map(({ status }) => status);
  const tookS = (performance.now() - startedAt) / 1000;
  const answered = statuses.filter((status) => status === 200).length;
  console.log(
    `${emails.length} logins at once: ${answered} signed in within ${tookS.toFixed(1)} s; meanwhile GET /health ${summaryOf(times)} (p99 below 50)`,
  );
}

function summaryOf(times: readonly number[]): string {
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  return `${times.length} times: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${Math.max(...times).toFixed(1)} ms`;
}
