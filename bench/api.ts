// Requests a second and p99 of lists and of saving cells, in a laboratory of 100,000 samples and 5,000 patients, beside
// a bare Fastify route that sends the same SQL with `pg` and answers the rows as they are: node bench/api.ts [patients]
// The API checks who asks, counts the total, writes the activity log and validates its answer. Both are processes of
// their own on one PostgreSQL and are driven in turn, so that a machine that is busy with other things is so for both.
// The bare route is driven as one would write it, and once more with prepared statements, as the API has them. Of saving
// it does nothing but the insert, which tells how much of the goal the database alone leaves on this machine.
import { type ChildProcess, fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import autocannon from 'autocannon';
import bcrypt from 'bcrypt';
import Fastify from 'fastify';
import pg from 'pg';
import { packCells } from '../core/detection/pack-detected-cells.ts';
import { encodePackedCells } from '../core/detection/packed-cells.ts';
import { insertAnnotations } from '../server/annotations/queries.ts';
import type { Caller } from '../server/auth/caller.ts';
import { connect } from '../server/db/client.ts';
import { listPatientPage, listPatientRows } from '../server/patients/queries.ts';
import { listSamples } from '../server/samples/queries.ts';
import { testCell } from '../server/testing/factories.ts';
import {
  CELLS_PER_SAMPLE,
  FIRST_FIELD,
  insertLaboratoryRows,
  SAMPLES_PER_PATIENT,
} from './laboratory-rows.ts';
import { percentile } from './percentile.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const CONNECTIONS = 8;
const ROUNDS = 3;
const ROUND_S = 4;
const PER_PAGE = 25;
const DEEP_PAGE = 1000;
const LARGEST_PAGE = 200;
/** Saved into in turn. */
const FIELDS = 1000;
const LEAST_RATIO = 0.6;
/** With 200 cells each, on a machine where one hash takes HASH_S. */
const LEAST_SAVES_PER_S = 250;
const HASH_S = 0.3;
const BCRYPT_COST = 12;
const CELL_TYPE = 'WBC-Lymphocyte';

interface Statement {
  text: string;
  values: unknown[];
}

/** What the bare route sends to the database: one of these lists at each request, in turn. */
interface BareWork {
  alternatives: Statement[][];
  isPrepared: boolean;
}

interface Figures {
  perS: number;
  p99Ms: number;
  /** Of an answer with its headers. */
  bytes: number;
}

const [, , role, uri] = process.argv;
if (role === 'bare') await serveBare(uri);
else await measureAll(Number(role ?? 5000));

async function measureAll(patients: number): Promise<void> {
  const system = await startSystem();
  const bare = fork(import.meta.filename, ['bare', system.postgres.uri]);
  try {
    const [port] = (await once(bare, 'message')) as [number];
    const cells = Array.from({ length: CELLS_PER_SAMPLE }, (_, at) => testCell(50 + at * 5, 50 + at * 5));
    const packedCells = encodePackedCells(packCells(cells));
    await insertLaboratoryRows(system.postgres.ownerUri, system.staff, { patients, packedCells });
    console.log(
      `${patients} patients, ${patients * SAMPLES_PER_PATIENT} samples, ${CONNECTIONS} connections`,
    );
    // Straight to PostgreSQL, without the proxy of the fault runs.
    system.api.kill('SIGTERM');
    await system.api.ended;
    await system.startApi({ settings: { SQL_URI: system.postgres.uri } });
    const bareRoute = { process: bare, address: `http://127.0.0.1:${port}` };
    await measureLists(system, bareRoute);
    await measureSaves(system, bareRoute);
  } finally {
    bare.disconnect();
    await system.close();
  }
}

interface Bare {
  process: ChildProcess;
  address: string;
}

async function prepareBare(bare: Bare, work: BareWork): Promise<void> {
  bare.process.send(work);
  await once(bare.process, 'message');
}

async function measureLists(system: RunningSystem, bare: Bare): Promise<void> {
  const { origin, users, staff, postgres } = system;
  const annotator: Caller = {
    ...staff.annotator,
    sessionId: '',
    address: '',
    requestId: '',
    emergencies: {},
  };
  const recording = recordStatements(postgres.uri);
  const page = { filter: {}, after: undefined, limit: PER_PAGE + 1, offset: 0 } as const;
  const headers = bearer(users.annotator);
  /** Behind DEEP_PAGE pages, or before the last one. */
  const deepCursor = async (url: string) => {
    let behind = { next: '', page: 0 };
    for (let walked = 1; walked <= (DEEP_PAGE * PER_PAGE) / LARGEST_PAGE; walked++) {
      const place = behind.next ? `&next=${behind.next}` : '';
      const response = await fetch(`${origin}${url}?per_page=${LARGEST_PAGE}${place}`, { headers });
      const { next } = (await response.json()) as { next: string | null };
      if (next === null) break;
      behind = { next, page: (walked * LARGEST_PAGE) / PER_PAGE };
    }
    return behind;
  };
  for (const list of [
    {
      name: 'samples',
      url: '/api/v1/samples',
      read: () => listSamples(recording.db, annotator, { ...page, sort: '-created_at' }),
    },
    {
      name: 'patients',
      url: '/api/v1/patients',
      read: async () => {
        const keys = await listPatientPage(recording.db, annotator, { ...page, sort: '-created_at' });
        await listPatientRows(
          recording.db,
          annotator,
          keys.slice(0, PER_PAGE).map(({ id }) => id),
        );
      },
    },
  ]) {
    const statements = await recording.of(list.read);
    const url = `${origin}${list.url}?per_page=${PER_PAGE}`;
    const first = { url, headers };
    for (const isPrepared of [false, true]) {
      await prepareBare(bare, { alternatives: [statements], isPrepared });
      const [ours, theirs] = await inTurn(
        () => drive(first),
        () => drive({ url: bare.address }),
      );
      const ratio = (ours.perS / theirs.perS).toFixed(2);
      report(`${list.name}, first page`, ours);
      report(`  the same SQL, bare${isPrepared ? ' and prepared' : ''}`, theirs);
      if (isPrepared) console.log(`  ratio ${ratio}`);
      else judge(`  ratio ${ratio} (goal ≥ ${LEAST_RATIO})`, Number(ratio) >= LEAST_RATIO);
    }
    const { next, page: pages } = await deepCursor(list.url);
    const [again, deep] = await inTurn(
      () => drive(first),
      () => drive({ url: `${url}&next=${next}`, headers }),
    );
    report(`${list.name}, page ${pages} by cursor`, deep);
    judge(
      `  ${(deep.perS / again.perS).toFixed(2)} of the first page in the same minutes (goal ≥ 0.9)`,
      deep.perS >= 0.9 * again.perS,
    );
  }
  await recording.close();
}

async function measureSaves(system: RunningSystem, bare: Bare): Promise<void> {
  const { origin, users, database } = system;
  const hashS = await secondsOfHash();
  const { rows } = await database.pool.query<Field>(
    `select s.id, s.latest_run_id as "runId", r.id as "readingId"
       from samples s join readings r on r.lavage_id = s.lavage_id where s.original_filename = $1 limit $2`,
    [FIRST_FIELD, FIELDS],
  );
  let at = 0;
  const save = (cells: number) => () => {
    const annotations = JSON.stringify(
      Array.from({ length: cells }, (_, k) => ({
        cell_coordinates: boxOf(k),
        cell_type: CELL_TYPE,
        source: 'detection',
        detection_index: k,
      })),
    );
    return drive({
      url: `${origin}/api/v1/annotate`,
      headers: { ...bearer(users.annotator), 'content-type': 'application/json' },
      method: 'POST',
      setup: (request) => ({
        ...request,
        body: `{"sample_id":"${rows[at++ % rows.length].id}","annotations":${annotations}}`,
      }),
    });
  };
  await prepareBare(bare, { alternatives: await recordInserts(system, rows), isPrepared: true });
  const [one, many, insert] = await inTurn(save(1), save(CELLS_PER_SAMPLE), () =>
    drive({ url: bare.address }),
  );
  const least = (LEAST_SAVES_PER_S * HASH_S) / hashS;
  report('annotate, 1 cell', one);
  report(`annotate, ${CELLS_PER_SAMPLE} cells`, many);
  report('  the insert alone, bare and prepared', insert);
  judge(
    `  one bcrypt-12 hash takes ${hashS.toFixed(3)} s here, so the goal is ≥ ${least.toFixed(0)}/s`,
    many.perS >= least,
  );
}

function boxOf(cell: number) {
  return { x: 20 + cell * 5, y: 20 + cell * 5, width: 40, height: 40 };
}

interface Field {
  id: string;
  runId: string;
  readingId: string;
}

/** The insert of a save for each of these fields, which are left without cells. */
async function recordInserts({ postgres, staff, database }: RunningSystem, fields: readonly Field[]) {
  const recording = recordStatements(postgres.uri);
  const cells = Array.from({ length: CELLS_PER_SAMPLE }, (_, k) => ({
    ...boxOf(k),
    edges: 0,
    geometry: null,
    cellType: CELL_TYPE,
    comments: null,
    source: 'detection' as const,
    detectionIndex: k,
    confidence: 0.9,
  }));
  const inserts: Statement[][] = [];
  for (const { id: sampleId, ...field } of fields) {
    const added = { ...field, sampleId, userId: staff.annotator.id, cells };
    inserts.push(await recording.of(() => insertAnnotations(recording.db, added)));
  }
  await recording.close();
  await database.pool.query('delete from sample_annotations');
  await database.pool.query('vacuum sample_annotations');
  return inserts;
}

async function secondsOfHash(): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const startedAt = performance.now();
    await bcrypt.hash('correct horse battery', BCRYPT_COST);
    times.push((performance.now() - startedAt) / 1000);
  }
  return percentile(times, 0.5);
}

interface Driven {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  setup?: (request: autocannon.Request) => autocannon.Request;
}

async function drive({ url, method = 'GET', headers, setup }: Driven): Promise<Figures> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: ROUND_S,
    requests: [{ method, headers, ...(setup ? { setupRequest: setup } : {}) }],
  });
  const { non2xx, errors, requests, latency, throughput } = result;
  if (non2xx + errors > 0)
    throw new Error(`${non2xx + errors} of ${requests.total} requests to ${url} failed`);
  return { perS: requests.average, p99Ms: latency.p99, bytes: throughput.total / requests.total };
}

/** One after the other, round by round. @returns of each the medians */
async function inTurn(...measures: (() => Promise<Figures>)[]): Promise<Figures[]> {
  const found = measures.map((): Figures[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, measure] of measures.entries()) found[at].push(await measure());
  }
  return found.map(medians);
}

function medians(figures: readonly Figures[]): Figures {
  const median = (of: (one: Figures) => number) => percentile(figures.map(of), 0.5);
  return {
    perS: median(({ perS }) => perS),
    p99Ms: median(({ p99Ms }) => p99Ms),
    bytes: median(({ bytes }) => bytes),
  };
}

function bearer({ token }: { token: string }): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function report(name: string, { perS, p99Ms, bytes }: Figures): void {
  console.log(`${name}: ${perS.toFixed(0)}/s, p99 ${p99Ms.toFixed(0)} ms, ${(bytes / 1000).toFixed(1)} kB`);
}

function judge(sentence: string, isReached: boolean): void {
  console.log(`${sentence}${isReached ? '' : ' — missed'}`);
  if (!isReached) process.exitCode = 1;
}

/** Notes what our own query functions send. */
function recordStatements(databaseUri: string) {
  const { db, pool, close } = connect(databaseUri, { max: 1 });
  let statements: Statement[] = [];
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((config: Statement, values?: unknown[]) => {
    statements.push({ text: config.text, values: values ?? config.values });
    return query(config, values);
  }) as typeof pool.query;
  return {
    db,
    close,
    of: async (read: () => Promise<unknown>): Promise<Statement[]> => {
      statements = [];
      await read();
      return statements;
    },
  };
}

/** Answers every request with the rows of the statements that it was sent last. */
async function serveBare(databaseUri: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUri, max: 10 });
  let work: BareWork = { alternatives: [], isPrepared: false };
  let requests = 0;
  const app = Fastify();
  app.get('/', async () => {
    const answers: unknown[] = [];
    for (const { text, values } of work.alternatives[requests++ % work.alternatives.length]) {
      const name = work.isPrepared ? hash('md5', text) : undefined;
      answers.push((await pool.query({ name, text, values })).rows);
    }
    return answers;
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  process.on('message', (sent) => {
    work = sent as BareWork;
    process.send?.('ready');
  });
  process.once('disconnect', async () => {
    await app.close();
    await pool.end();
  });
  process.send?.(Number(new URL(address).port));
}
