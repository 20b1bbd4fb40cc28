// Sends files that are no good, image bombs above all, and prints what the API process holds before and after:
// npx node bench/api-memory.ts [rounds]
import { readFileSync } from 'node:fs';
import { emptyPng, fieldImage } from '../server/testing/image-files.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const ROUNDS = Number(process.argv[2] ?? 30);
const WARM_UP_ROUNDS = 10;
const MIB = 1024 * 1024;
const ALLOWED_GROWTH_MIB = 30;

const jpeg = await fieldImage('jpeg', { width: 2000, height: 1500 });
const bad = [
  { name: 'bomb.png', bytes: emptyPng(20_000, 20_000) },
  { name: 'edge.png', bytes: emptyPng(65_535, 2_000) },
  { name: 'cut.jpg', bytes: jpeg.subarray(0, jpeg.length / 2) },
  { name: 'text.png', bytes: Buffer.from('not an image') },
  { name: 'empty.tif', bytes: Buffer.alloc(0) },
  { name: 'large-text.png', bytes: Buffer.alloc(20 * MIB, 'a') },
];

const system = await startSystem();
try {
  await sendRounds(system, WARM_UP_ROUNDS);
  const before = residentMib(system);
  let most = before;
  for (let round = 0; round < ROUNDS; round++) {
    await sendRounds(system, 1);
    most = Math.max(most, residentMib(system));
  }
  console.log(`${ROUNDS * bad.length} bad files after ${WARM_UP_ROUNDS * bad.length} to warm up`);
  console.log(`API resident before ${before} MiB, most ${most} MiB, grown by ${most - before} MiB`);
  if (most - before > ALLOWED_GROWTH_MIB) process.exitCode = 1;
} finally {
  await system.close();
}

async function sendRounds({ upload }: RunningSystem, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { status } = await upload(bad);
    if (status !== 422) throw new Error(`answered ${status} where 422 was due`);
  }
}

function residentMib({ api }: RunningSystem): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${api.pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
