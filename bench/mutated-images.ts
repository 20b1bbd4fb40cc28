// Uploads damaged images to a running system, which must take or refuse each with a reason, stay alive and not grow:
// npx node bench/mutated-images.ts [files] [seed]
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import { fieldImage } from '../server/testing/image-files.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const HEADER_BYTES = 64;
const AT_ONCE = 2;
/** By when buffers and caches have the size that they keep. */
const WARM_AFTER = 0.25;
const MOST_GROWTH_MIB = 64;
const PATIENCE_MS = 300_000;

const files = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? 1);
if (!(files >= 8) || !Number.isInteger(seed)) throw new RangeError('give at least 8 files, and a whole seed');
const random = seededRandom(seed);
const below = (most: number) => Math.floor(random() * most);

async function originals(): Promise<[string, Buffer][]> {
  const field = await fieldImage('png', { width: 200, height: 160 });
  const deep = sharp(field).toColourspace('rgb16');
  return [
    ['baseline.jpg', await sharp(field).jpeg().toBuffer()],
    [
      'progressive.jpg',
      await sharp(field)
        .jpeg({ progressive: true })
        .withExif({ IFD0: { Artist: 'x' } })
        .toBuffer(),
    ],
    ['plain.png', field],
    ['interlaced.png', await deep.clone().png({ progressive: true }).toBuffer()],
    ['deflate.tif', await sharp(field).tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer()],
    [
      'tiles.tif',
      await sharp(field)
        .tiff({ compression: 'lzw', tile: true, pyramid: true, tileWidth: 64, tileHeight: 64 })
        .toBuffer(),
    ],
    ['lossy.webp', await sharp(field).webp().toBuffer()],
    ['lossless.webp', await sharp(field).ensureAlpha(0.5).webp({ lossless: true }).toBuffer()],
  ];
}

type Mutation = (bytes: Buffer) => Buffer;

const mutations: Record<string, Mutation> = {
  'bit flips': (bytes) => {
    for (let flips = 1 + below(32); flips > 0; flips--) bytes[below(bytes.length)] ^= 1 << below(8);
    return bytes;
  },
  truncation: (bytes) => bytes.subarray(0, below(bytes.length)),
  'header edits': (bytes) => {
    for (let edits = 1 + below(4); edits > 0; edits--) {
      const at = below(Math.min(HEADER_BYTES, bytes.length - 4));
      bytes.writeUInt32BE([0, 1, 0x7fff_ffff, 0xffff_ffff, below(2 ** 32)][below(5)], at);
    }
    return bytes;
  },
  'a piece moved': (bytes) => {
    const [from, to] = [below(bytes.length), below(bytes.length)];
    bytes.copy(bytes, to, from, from + below(bytes.length - from));
    return bytes;
  },
};

interface Outcome {
  taken: number;
  refused: Map<string, number>;
  faults: string[];
}

async function tryOne(system: RunningSystem, name: string, bytes: Buffer, outcome: Outcome): Promise<void> {
  const response = await system.upload([{ name, bytes }]).catch((error: Error) => error);
  if (response instanceof Error) {
    outcome.faults.push(`${name}: no answer, ${response.message}`);
    return;
  }
  const { samples, errors, detail } = (await response.json()) as {
    samples?: unknown[];
    errors?: { message: string }[];
    detail?: string;
  };
  if (response.status === 201 && samples?.length === 1) outcome.taken++;
  else if (response.status === 422 && errors?.[0]?.message) {
    const reason = errors[0].message.replace(/\d+/g, 'N');
    outcome.refused.set(reason, (outcome.refused.get(reason) ?? 0) + 1);
  } else outcome.faults.push(`${name}: answered ${response.status} ${detail}`);
}

const residentMib = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Waits for the worker. @returns how many images ended how */
async function ends({ database }: RunningSystem): Promise<Record<string, number>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await database.pool.query(
      'select inference_status as status, count(*)::int as count from samples group by 1',
    );
    const counts: Record<string, number> = Object.fromEntries(
      rows.map(({ status, count }) => [status, count]),
    );
    if (!counts.pending && !counts.processing) return counts;
    if (Date.now() > deadline) throw new Error(`Images have not ended: ${JSON.stringify(counts)}`);
    await delay(500);
  }
}

const bases = await originals();
const system = await startSystem({ RATE_LIMIT_PER_MINUTE: '1000000', JOB_TIMEOUT_S: '20' });
try {
  const worker = system.startWorker();
  await system.workerReady(worker);
  const outcome: Outcome = { taken: 0, refused: new Map(), faults: [] };
  const ways = Object.entries(mutations);
  const { pid } = system.api;
  const memory: number[] = [];
  for (let at = 0; at < files; at += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, files - at) }, (_, one) => {
      const number = at + one;
      const [base, bytes] = bases[number % bases.length];
      const [way, mutate] = ways[Math.floor(number / bases.length) % ways.length];
      return tryOne(system, `${number} ${way} ${base}`, mutate(Buffer.from(bytes)), outcome);
    });
    await Promise.all(batch);
    memory.push(residentMib(pid));
    process.stderr.write(`\r${at} of ${files}`);
  }
  const warm = Math.max(...memory.slice(0, Math.ceil(memory.length * WARM_AFTER)));
  const last = memory.at(-1)!;
  const refusals = [...outcome.refused.values()].reduce((sum, count) => sum + count, 0);
  console.log(`\n${files} mutated images, seed ${seed}: ${outcome.taken} taken, ${refusals} refused`);
  for (const [reason, count] of outcome.refused) console.log(`  ${count}  ${reason}`);
  console.log(
    `memory of the API: at most ${warm.toFixed(0)} MiB in the first quarter, ${last.toFixed(0)} MiB at the end`,
  );
  const isAlive = system.api.pid === pid && system.api.isRunning();
  console.log(`API process ${isAlive ? 'alive, the same as at the start' : 'DIED'}`);
  const counts = await ends(system);
  console.log(`of those taken: ${JSON.stringify(counts)}; worker ${worker.isRunning() ? 'alive' : 'DIED'}`);
  const { rows } = await system.database.pool.query(
    "select count(*)::int as silent from samples where inference_status = 'failed' and coalesce(error, '') = ''",
  );
  if (rows[0].silent > 0) outcome.faults.push(`${rows[0].silent} failed without a reason`);
  if (last > warm + MOST_GROWTH_MIB) outcome.faults.push('the memory of the API grew');
  if (!isAlive || !worker.isRunning()) outcome.faults.push('a process died');
  for (const fault of outcome.faults) console.log(`FAULT ${fault}`);
  if (outcome.faults.length > 0) process.exitCode = 1;
} finally {
  await system.close();
}
