// Says how many workers and what database a region needs, from service times measured here, after checking the
// queueing model against a running system of two seats: npx node bench/capacity.ts [seconds a load]. Linux only.
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import { drawFields } from './field-images.ts';
import { runOpenLoop } from './open-loop.ts';
import { cpuSecondsByRole, POSTGRES } from './process-figures.ts';
import {
  mean,
  meanWait,
  type Served,
  simulateWaits,
  squaredCoefficientOfVariation,
  turnarounds,
} from './queueing.ts';
import { type Measured, sizeRegion } from './regions.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const SECONDS = Number(process.argv[2] ?? 40);
const SEATS = 2;
const LOADS = [0.4, 0.65, 0.85];
const REGIONS = [10, 100, 1000];
const WARM_UP = 12;
const ALONE = 16;
const MOST_AT_ONCE = 500;
const GIVE_UP_AFTER_MS = 300_000;

/** One image, times in s: from its upload to its claim to its result. */
interface Processed extends Served {
  waitS: number;
  serviceS: number;
}

const random = seededRandom(1);
const draw = drawFields();
const prepared = await Promise.all(
  Array.from({ length: WARM_UP + ALONE + Math.ceil(SECONDS * 25) }, (_, at) => draw(at)),
);
const system = await startSystem({ WORKER_CONCURRENCY: String(SEATS) });
try {
  system.startWorker();
  await Promise.all(prepared.splice(0, WARM_UP).map((image) => system.upload([image])));
  await processedSince(system, new Date(0));
  const alone = await oneByOne(system);
  console.log(
    `alone: service ${ms(mean(services(alone)))}, waiting (claim) ${ms(mean(alone.map(({ waitS }) => waitS)))}`,
  );
  const measured = await checkModel(system, alone);
  print(measured);
} finally {
  await system.close();
}

async function oneByOne(running: RunningSystem): Promise<Processed[]> {
  const since = await databaseTime(running);
  for (const image of prepared.splice(0, ALONE)) {
    await running.upload([image]);
    await processedSince(running, since);
  }
  return processedSince(running, since);
}

/** Poisson uploads at several loads: what the model predicts from the run's own arrivals and service times. */
async function checkModel(running: RunningSystem, alone: readonly Processed[]): Promise<Measured> {
  const claimS = mean(alone.map(({ waitS }) => waitS));
  const before = await databaseFigures(running);
  const all: Processed[] = [];
  const seatTimes: number[] = [];
  for (const load of LOADS) {
    const since = await databaseTime(running);
    const ratePerS = (load * SEATS) / mean(services(all.length > 0 ? all : alone));
    const send = () => {
      const image = prepared.shift();
      if (!image) throw new Error('more arrivals than images were drawn');
      return running.upload([image]);
    };
    const act = { name: 'upload', ratePerS, run: send };
    const [{ errors }] = await runOpenLoop([act], { seconds: SECONDS, mostAtOnce: MOST_AT_ONCE }, random);
    if (errors > 0) throw new Error(`${errors} uploads failed`);
    const processed = await processedSince(running, since);
    compare(processed, claimS);
    all.push(...processed);
    const turnaroundS = turnaroundOf(processed);
    seatTimes.push(...services(processed).map((serviceS) => serviceS + turnaroundS));
  }
  const after = await databaseFigures(running);
  const perImage = (figure: keyof typeof after) => (after[figure] - before[figure]) / all.length;
  return {
    serviceS: seatTimes,
    databaseCpuSPerImage: perImage('cpuS'),
    databaseBytesPerImage: perImage('bytes'),
    walBytesPerImage: perImage('walBytes'),
  };
}

/**
 * Beside what was measured: the formula; the run's own arrivals and service times one by one, which takes chance out of
 * the comparison; the same with each seat taken until it begins the next image.
 */
function compare(processed: readonly Processed[], claimS: number): void {
  const serviceS = services(processed);
  const arrivals = processed.map(({ arrival }) => arrival);
  const arrivalRate = processed.length / SECONDS;
  const turnaroundS = turnaroundOf(processed);
  const formula = (serviceMean: number) =>
    claimS +
    meanWait({
      servers: SEATS,
      arrivalRate,
      serviceMean,
      arrivalScv: 1,
      serviceScv: squaredCoefficientOfVariation(serviceS),
    });
  const replayed = (beyondS: number) =>
    claimS + mean(simulateWaits(SEATS, arrivals, (at) => serviceS[at] + beyondS));
  const seatS = mean(serviceS) + turnaroundS;
  console.log(
    `${arrivalRate.toFixed(2)} images/s on ${SEATS} seats, service ${ms(mean(serviceS))} (SCV ${squaredCoefficientOfVariation(serviceS).toFixed(2)}), ` +
      `turnaround ${ms(turnaroundS)}, utilisation ${((arrivalRate * seatS) / SEATS).toFixed(2)}: mean wait ` +
      `by formula ${ms(formula(mean(serviceS)))}, with turnaround ${ms(formula(seatS))}; ` +
      `replayed ${ms(replayed(0))}, with turnaround ${ms(replayed(turnaroundS))}; ` +
      `measured ${ms(mean(processed.map(({ waitS }) => waitS)))}`,
  );
}

/** Storing the result, ending the job and taking the next, which no row tells of. */
function turnaroundOf(processed: readonly Processed[]): number {
  const gaps = turnarounds(SEATS, processed);
  return gaps.length === 0 ? 0 : mean(gaps);
}

async function databaseTime({ database }: RunningSystem): Promise<Date> {
  return (await database.pool.query('select clock_timestamp() as now')).rows[0].now;
}

/** Waits until nothing is in progress. */
async function processedSince({ database }: RunningSystem, since: Date): Promise<Processed[]> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const { rows } = await database.pool.query(
      `select extract(epoch from created_at)::float8 as arrival, extract(epoch from started_at)::float8 as start,
              extract(epoch from completed_at)::float8 as "end",
              extract(epoch from started_at - created_at)::float8 as "waitS",
              extract(epoch from completed_at - started_at)::float8 as "serviceS", inference_status as status
         from samples where created_at >= $1 order by created_at`,
      [since],
    );
    if (rows.every(({ status }) => status === 'completed')) return rows;
    if (Date.now() > deadline) throw new Error('not completed in time');
    await delay(20);
  }
}

async function databaseFigures({ database, roots }: RunningSystem) {
  const { rows } = await database.pool.query(
    `select pg_database_size(current_database())::float8 as bytes,
            pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as "walBytes"`,
  );
  const { bytes, walBytes } = rows[0] as { bytes: number; walBytes: number };
  return { bytes, walBytes, cpuS: cpuSecondsByRole(roots())[POSTGRES] };
}

function services(processed: readonly Processed[]): number[] {
  return processed.map(({ serviceS }) => serviceS);
}

function print(measured: Measured): void {
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
  console.log(
    `an image: seat ${ms(mean(measured.serviceS))}, SCV ${squaredCoefficientOfVariation(measured.serviceS).toFixed(2)}; PostgreSQL ` +
      `${ms(measured.databaseCpuSPerImage)} of a core, ${kib(measured.databaseBytesPerImage)} of rows, ${kib(measured.walBytesPerImage)} of log`,
  );
  console.table(
    REGIONS.map((hospitals) => {
      const sizing = sizeRegion(hospitals, measured, random);
      return {
        hospitals,
        'images/day': sizing.imagesPerDay,
        'images/s, busiest hour': sizing.busiestPerS.toFixed(2),
        seats: sizing.seats,
        utilisation: sizing.utilisation.toFixed(2),
        'wait mean, s': sizing.simulatedMeanS.toFixed(1),
        'wait p95, s': sizing.simulatedP95S.toFixed(1),
        'by formula, s': sizing.predictedMeanS.toFixed(1),
        'database cores': sizing.databaseCores.toFixed(2),
        'log, MB/s': (sizing.walBytesPerS / 1e6).toFixed(2),
        'database, GB/year': (sizing.databaseBytesPerYear / 1e9).toFixed(1),
        'images, TB/year': (sizing.objectBytesPerYear / 1e12).toFixed(2),
      };
    }),
  );
}

function ms(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
