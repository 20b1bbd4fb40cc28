// Uploads fields over four connections until all are completed and prints time, memory and processor time, the latter
// beside that of decoding, detection and thumbnail alone:
// npx node bench/pipeline.ts [images] [--backend local|s3-sqs]. Linux only.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createKernels } from '../core/detection/kernels/create-kernels.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { detectWithEngine } from '../server/detection-opencv/detect-with-engine.ts';
import { createLog } from '../server/platform/log.ts';
import { listenForNotifications, type Notifications } from '../server/platform/notifications.ts';
import { decodeImage } from '../server/processing/decode-image.ts';
import { asBackendName } from './backend.ts';
import { drawFields, type NamedImage } from './field-images.ts';
import { percentile } from './percentile.ts';
import { cpuSecondsByRole, POSTGRES, watchMemory } from './process-figures.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const { values: given, positionals } = parseArgs({
  options: { backend: { type: 'string' } },
  allowPositionals: true,
});
const backend = asBackendName(given.backend);
const IMAGES = Number(positionals[0] ?? 60);
const CONNECTIONS = 4;
const WARM_UP = 12;
const IDLE_IMAGES = 20;
const SETTLE_MS = 1000;
const GIVE_UP_AFTER_MS = 300_000;
const MOST_RATIO = 1.5;
const MOST_IDLE_P50_MS = 1000;
const STDERR = 2;

interface Upload {
  answeredAt: number;
  jobId: string;
}

const draw = drawFields();
let drawn = 0;
const drawSome = (count: number) => Promise.all(Array.from({ length: count }, () => draw(drawn++)));
const measured = await drawSome(IMAGES);

const system = await startSystem({}, { backend });
const notifications = await listenForNotifications(system.postgres.uri, createLog('fatal', STDERR));
const completed = noteCompletions(notifications);
try {
  system.startWorker();
  await uploadAll(system, await drawSome(WARM_UP), CONNECTIONS);

  const before = await cpuAlone(measured);
  await delay(SETTLE_MS);
  const memory = watchMemory(system.roots);
  const cpuBefore = cpuSecondsByRole(system.roots());
  const startedAt = performance.now();
  const uploads = await uploadAll(system, measured, CONNECTIONS);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuSince(cpuBefore, system);
  const peakMib = memory.stop();
  const alone = (before + (await cpuAlone(measured))) / 2;

  const idle: Upload[] = [];
  for (const image of await drawSome(IDLE_IMAGES)) idle.push(...(await uploadAll(system, [image], 1)));
  print({ seconds, cpu, alone, peakMib, underLoad: waits(uploads), idle: waits(idle) });
} finally {
  await notifications.close();
  await system.close();
}

/** When each job was announced as completed. */
function noteCompletions(from: Notifications): Map<string, number> {
  const at = new Map<string, number>();
  from.subscribe({
    onEvent: (event) => {
      if (event.type !== 'sample.status' || event.inferenceStatus === 'pending') return;
      if (event.inferenceStatus === 'failed') throw new Error(`${event.jobId} failed: ${event.error}`);
      if (event.inferenceStatus === 'completed') at.set(event.jobId, performance.now());
    },
    onGap: () => {
      throw new Error('the connection for events was lost');
    },
  });
  return at;
}

/** Resolves when all are completed. */
async function uploadAll(
  { upload }: RunningSystem,
  images: readonly NamedImage[],
  connections: number,
): Promise<Upload[]> {
  const waiting = [...images];
  const uploads: Upload[] = [];
  const connection = async () => {
    for (let image = waiting.shift(); image; image = waiting.shift()) {
      const response = await upload([image]);
      const answeredAt = performance.now();
      if (response.status !== 201) throw new Error(`${image.name}: ${await response.text()}`);
      const { samples } = (await response.json()) as { samples: { job_id: string }[] };
      uploads.push({ answeredAt, jobId: samples[0].job_id });
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  while (!uploads.every(({ jobId }) => completed.has(jobId))) {
    if (performance.now() > deadline) throw new Error('not completed in time');
    await delay(5);
  }
  return uploads;
}

/** From the answer to the announcement, ms; the latter may come first. */
function waits(uploads: readonly Upload[]): number[] {
  return uploads.map(({ jobId, answeredAt }) => Math.max(0, completed.get(jobId)! - answeredAt));
}

function cpuSince(before: Record<string, number>, { roots }: RunningSystem): Record<string, number> {
  const now = Object.entries(cpuSecondsByRole(roots()));
  return Object.fromEntries(now.map(([role, cpuS]) => [role, cpuS - before[role]]));
}

/** Processor time of what cannot be left out, in this process, warm, s. */
async function cpuAlone(images: readonly NamedImage[]): Promise<number> {
  sharp.concurrency(1);
  const kernels = createKernels();
  const parameters = parseDetectionParameters({});
  const work = async ({ bytes }: NamedImage) => {
    const { data, ...raw } = await decodeImage(bytes, { maxPixels: 1e8 });
    await detectWithEngine('tree', { data, ...raw }, parameters, undefined, kernels);
    await sharp(data, { raw }).resize(320, 320, { fit: 'inside' }).webp({ quality: 80 }).toBuffer();
  };
  for (const image of images.slice(0, WARM_UP)) await work(image);
  const before = process.cpuUsage();
  for (const image of images) await work(image);
  const { user, system: kernel } = process.cpuUsage(before);
  return (user + kernel) / 1e6;
}

function print(figures: {
  seconds: number;
  cpu: Record<string, number>;
  alone: number;
  peakMib: Record<string, number>;
  underLoad: number[];
  idle: number[];
}): void {
  const { seconds, cpu, alone, peakMib, underLoad, idle } = figures;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const perImage = (cpuS: number) => `${((cpuS / IMAGES) * 1000).toFixed(1)} ms`;
  const ours = Object.entries(cpu).reduce((sum, [role, cpuS]) => sum + (role === POSTGRES ? 0 : cpuS), 0);
  const ratio = ours / alone;
  const idleP50 = percentile(idle, 0.5);
  const rows = {
    backend,
    images: `${IMAGES}, ${CONNECTIONS} connections`,
    'upload to all completed': `${seconds.toFixed(1)} s, ${(IMAGES / seconds).toFixed(1)} images/s`,
    'answer to completed, p50': ms(percentile(underLoad, 0.5)),
    'answer to completed, p95': ms(percentile(underLoad, 0.95)),
    'the same when idle, p50': `${ms(idleP50)} (goal < ${MOST_IDLE_P50_MS} ms)`,
    'the same when idle, p95': ms(percentile(idle, 0.95)),
    ...Object.fromEntries(
      Object.entries(cpu).map(([role, cpuS]) => [`CPU per image, ${role}`, perImage(cpuS)]),
    ),
    'CPU per image, all but PostgreSQL': perImage(ours),
    'CPU per image, alone': perImage(alone),
    'CPU ratio': `${ratio.toFixed(2)} (goal ≤ ${MOST_RATIO})`,
    ...Object.fromEntries(
      Object.entries(peakMib).map(([role, mib]) => [`peak RSS, ${role}`, `${mib.toFixed(0)} MiB`]),
    ),
  };
  for (const [name, value] of Object.entries(rows)) console.log(`${name.padEnd(36)}${value}`);
  if (ratio > MOST_RATIO || idleP50 > MOST_IDLE_P50_MS) process.exitCode = 1;
}
