// Uploads fields over four connections while the worker is killed with SIGKILL again and again, and prints what became
// of them: npx node bench/upload-and-kill.ts [uploads] [kills]
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const UPLOADS = Number(process.argv[2] ?? 200);
const KILLS = Number(process.argv[3] ?? 5);
const CONNECTIONS = 4;
const DRAWN_FIELDS = 10;
const SIZE = { width: 800, height: 600 };
const LEASE_S = 10;
const GIVE_UP_AFTER_MS = 300_000;

const drawn = Array.from({ length: DRAWN_FIELDS }, (_, seed) =>
  synthesizeField({
    seed,
    nucleusDiameterPx: 30,
    counts: { 'WBC-Macrophage': 30, 'WBC-Lymphocyte': 10 },
    ...SIZE,
  }),
);

const system = await startSystem({ JOB_LEASE_S: String(LEASE_S) });
try {
  await system.database.pool.query('create table interrupted (id uuid primary key, at timestamptz not null)');
  let worker = system.startWorker();
  const startedAt = performance.now();
  const uploading = Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => uploadEvery(at)));
  for (let kill = 0; kill < KILLS; kill++) {
    await inTheMiddleOfAJob(system);
    worker.kill('SIGKILL');
    await noteInterrupted(system);
    worker = system.startWorker();
  }
  const answers = (await uploading).flat();
  const uploadedS = secondsSince(startedAt);
  await allSettled(system);
  print(await outcome(system), { answers, uploadedS, seconds: secondsSince(startedAt) });
} finally {
  await system.close();
}

async function uploadEvery(first: number): Promise<number[]> {
  const answers: number[] = [];
  for (let at = first; at < UPLOADS; at += CONNECTIONS) {
    const bytes = await distinctField(at);
    answers.push((await system.upload([{ name: `field-${at}.png`, bytes }])).status);
  }
  return answers;
}

/** The same bytes for the same patient would be one sample. */
async function distinctField(at: number): Promise<Buffer> {
  const data = Uint8Array.from(drawn[at % DRAWN_FIELDS].image.data);
  data.set([at & 255, at >> 8, 0], 0);
  return sharp(data, { raw: { ...SIZE, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** A worker has a claim that it took since the last kill. */
async function inTheMiddleOfAJob({ database }: RunningSystem): Promise<void> {
  const { rows } = await database.pool.query('select now() as since');
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (let busy = false; !busy && Date.now() < deadline; ) {
    await delay(50);
    const found = await database.pool.query(
      `select from samples where inference_status = 'processing' and started_at > $1`,
      [rows[0].since],
    );
    busy = found.rowCount !== 0;
  }
}

async function noteInterrupted({ database }: RunningSystem): Promise<void> {
  await database.pool.query(
    `insert into interrupted select id, now() from samples where inference_status = 'processing'
         on conflict (id) do update set at = excluded.at`,
  );
}

async function allSettled({ database }: RunningSystem): Promise<void> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const { rows } = await database.pool.query(
      `select count(*)::int as open from samples where inference_status in ('pending', 'processing')`,
    );
    if (rows[0].open === 0 || Date.now() > deadline) return;
    await delay(250);
  }
}

async function outcome({ database }: RunningSystem) {
  const { rows } = await database.pool.query(`
    select inference_status as status, error, attempts,
           (select count(*)::int from detection_runs where sample_id = samples.id) as runs,
           extract(epoch from started_at - interrupted.at)::float8 as waited
      from samples left join interrupted using (id)`);
  return rows as {
    status: string;
    error: string | null;
    attempts: number;
    runs: number;
    waited: number | null;
  }[];
}

function print(
  samples: Awaited<ReturnType<typeof outcome>>,
  { answers, uploadedS, seconds }: { answers: number[]; uploadedS: number; seconds: number },
): void {
  const count = (test: (sample: (typeof samples)[number]) => boolean) => samples.filter(test).length;
  const figures = {
    uploads: UPLOADS,
    'answered 201': answers.filter((status) => status === 201).length,
    kills: KILLS,
    samples: samples.length,
    completed: count(({ status }) => status === 'completed'),
    failed: count(({ status }) => status === 'failed'),
    'with exactly one run': count(({ runs }) => runs === 1),
    'taken up more than once': count(({ attempts }) => attempts > 1),
    'longest until taken up, s': Math.max(0, ...samples.map(({ waited }) => Math.round(waited ?? 0))),
    'seconds to upload': uploadedS,
    'seconds to all processed': seconds,
  };
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(28)}${value}`);
  const whole = figures.completed === UPLOADS && figures['with exactly one run'] === UPLOADS;
  if (!whole) process.exitCode = 1;
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10;
}
