// Drives uploads, reviews and polls of a hospital network, on loopback, at a chosen rate for a chosen time:
// npx node bench/load.ts [uploads a minute] [seconds] [seed] [--backend local|s3-sqs]
// With every upload come reviews and polls in the proportions of a working day (docs/capacity.md).
import { parseArgs } from 'node:util';
import type { Call } from '../contract/client.ts';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import { insertUser } from '../server/testing/factories.ts';
import { asBackendName } from './backend.ts';
import { drawFields, type NamedImage } from './field-images.ts';
import { type Act, describe, runOpenLoop } from './open-loop.ts';
import { cpuSecondsByRole, watchMemory } from './process-figures.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const MOST_PER_MINUTE = 3000;
const MOST_SECONDS = 1800;
const MOST_AT_ONCE = 500;
const DRAWN = 60;
const BATCHES_PER_FIELD = 2;
const CELLS_PER_BATCH = 12;
/** Lists that somebody looks at, and the administrators' status page. */
const POLLS_PER_UPLOAD = 6;

const { values: given, positionals } = parseArgs({
  options: { backend: { type: 'string' } },
  allowPositionals: true,
});
const backend = asBackendName(given.backend);
const [uploadsPerMinute, seconds, seed] = [
  argument(0, 60, MOST_PER_MINUTE),
  argument(1, 60, MOST_SECONDS),
  argument(2, 1, 2 ** 31),
];
const random = seededRandom(seed);
const draw = drawFields();
const images = await Promise.all(Array.from({ length: DRAWN }, (_, at) => draw(at)));

const system = await startSystem({}, { backend });
try {
  for (let worker = 0; worker < 2; worker++) system.startWorker();
  const memory = watchMemory(system.roots);
  const cpuBefore = cpuSecondsByRole(system.roots());
  const figures = await runOpenLoop(await actsOf(system), { seconds, mostAtOnce: MOST_AT_ONCE }, random);
  const cpu = Object.entries(cpuSecondsByRole(system.roots()));
  console.log(`${uploadsPerMinute} uploads a minute for ${seconds} s, seed ${seed}, 2 workers`);
  for (const act of figures) console.log(describe(act, seconds));
  const peaks = memory.stop();
  for (const [role, cpuS] of cpu) {
    const busy = ((cpuS - cpuBefore[role]) / seconds).toFixed(2);
    console.log(`${role.padEnd(24)}${busy} cores, at most ${peaks[role].toFixed(0)} MiB`);
  }
  if (figures.some(({ errors }) => errors > 0)) process.exitCode = 1;
} finally {
  await system.close();
}

function argument(at: number, otherwise: number, most: number): number {
  const text = positionals[at];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${text}: give a whole number from 1 to ${most}`);
}

async function actsOf(running: RunningSystem): Promise<Act[]> {
  const { db } = running.database;
  const { hospital, laboratoryId, admin, uploader } = running.staff;
  const readers = await Promise.all(
    Array.from({ length: 4 }, () => insertUser(db, 'ANNOTATOR', { hospitalId: hospital.id, laboratoryId })),
  );
  const reading = await Promise.all(readers.map(running.signIn));
  const uploading = await running.signIn(uploader);
  const administering = await running.signIn(admin);
  const jobIds: string[] = [];
  const ratePerS = uploadsPerMinute / 60;
  let uploads = 0;
  return [
    { name: 'upload', ratePerS, run: async () => jobIds.push(await uploadNext(running, uploads++)) },
    { name: 'open a field', ratePerS, run: () => openField(pick(reading), pick(jobIds)) },
    {
      name: 'save cells',
      ratePerS: ratePerS * BATCHES_PER_FIELD,
      run: () => saveCells(pick(reading), pick(jobIds)),
    },
    {
      name: 'list images',
      ratePerS: ratePerS * POLLS_PER_UPLOAD,
      run: () => uploading('listSamples', { query: {} }),
    },
    { name: 'queue status', ratePerS: 0.2, run: () => administering('processingStatus', {}) },
  ];
}

function pick<T>(from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)];
}

async function uploadNext({ upload }: RunningSystem, at: number): Promise<string> {
  const response = await upload([distinct(images[at % DRAWN], at)]);
  if (response.status !== 201) throw new Error(`answered ${response.status}`);
  const { samples } = (await response.json()) as { samples: { job_id: string }[] };
  return samples[0].job_id;
}

/** Readers of both formats pass over bytes after the end; the same bytes twice would be one sample. */
function distinct({ name, bytes }: NamedImage, at: number): NamedImage {
  return { name: `${at}-${name}`, bytes: Buffer.concat([bytes, Buffer.from(`#${at}`)]) };
}

async function openField(call: Call | undefined, jobId: string | undefined): Promise<void> {
  if (!call || !jobId) return;
  const params = { jobId };
  const { cellCount } = await call('getSample', { params });
  if (cellCount !== null) await call('sampleCells', { params });
  await call('listAnnotations', { params, query: {} });
}

async function saveCells(call: Call | undefined, jobId: string | undefined): Promise<void> {
  if (!call || !jobId) return;
  const annotations = Array.from({ length: CELLS_PER_BATCH }, (_, at) => ({
    cellCoordinates: { x: 10 + 30 * at, y: 20 + Math.floor(random() * 400), width: 25, height: 25 },
    cellType: 'WBC-Lymphocyte',
  }));
  await call('annotate', { body: { sampleId: jobId, annotations } });
}
