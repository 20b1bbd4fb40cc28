import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect } from './db/client.ts';
import { findFreePort } from './db/postgres-process.ts';
import { createTestBucket, createTestQueue, variablesOf } from './testing/aws.ts';
import { insertPatient, insertStaff, TEST_PASSWORD } from './testing/factories.ts';
import { fieldImage } from './testing/image-files.ts';
import { childrenOf, eventually, isAlive, type Launched, launch, occupyPort } from './testing/launched.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

const MAIN = 'server/main.ts';
const BOOTSTRAP = 'bin/bootstrap.js';

let folder: string;
let port: number;
const launched: Launched[] = [];

const dataFolder = () => path.join(folder, 'data');
const postmasterFile = () => path.join(dataFolder(), 'postgres', 'data', 'postmaster.pid');
const postmasterPid = () => Number(readFileSync(postmasterFile(), 'utf8').split('\n')[0]);
const logged = () => readFileSync(path.join(dataFolder(), 'logs', 'balscope.log'), 'utf8');
const environment = () => ({ DATA_DIR: dataFolder(), PORT: String(port) });

function start(args: string[], env: NodeJS.ProcessEnv = {}): Launched {
  const process = launch(args, { ...environment(), ...env });
  launched.push(process);
  return process;
}

async function startReady(args = [MAIN, 'start']): Promise<Launched> {
  const process = start(args);
  await process.prints(/BALscope is ready at http:\/\/localhost:\d+/);
  return process;
}

async function answers(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/api/v1/nothing-here`).then(
    (response) => response.status < 500,
    () => false,
  );
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-main-'));
  port = await findFreePort();
});
afterEach(async () => {
  for (const process of launched.splice(0)) {
    process.child.kill('SIGTERM');
    const lastResort = setTimeout(() => process.child.kill('SIGKILL'), 20_000);
    await process.ended;
    clearTimeout(lastResort);
  }
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux')('npm start', () => {
  test('starts from nothing, answers, and stops without leaving a process', async () => {
    const balscope = await startReady();
    expect(await answers()).toBe(true);
    const left = [...childrenOf(balscope.pid), postmasterPid()];
    expect(left.length).toBeGreaterThanOrEqual(2);
    expect(statSync(path.join(dataFolder(), 'secrets.json')).mode & 0o777).toBe(0o600);

    balscope.child.kill('SIGTERM');
    expect(await balscope.ended).toBe(0);
    expect(left.filter(isAlive)).toEqual([]);
    expect(await answers()).toBe(false);
  });

  test('after kill -9 the next start adopts the database, and the worker of the dead one is gone', async () => {
    const first = await startReady();
    const [worker] = childrenOf(first.pid);
    const postmaster = postmasterPid();
    first.child.kill('SIGKILL');
    await first.ended;
    await eventually(() => !isAlive(worker!));
    expect(isAlive(postmaster)).toBe(true);

    const second = await startReady();
    expect(second.output()).toContain('of the last start still runs');
    expect(postmasterPid()).toBe(postmaster);
    expect(await answers()).toBe(true);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(isAlive(postmaster)).toBe(false);
  });

  test('a database killed meanwhile is started again, and a worker killed is replaced', async () => {
    const balscope = await startReady();
    const postmaster = postmasterPid();
    const [worker] = childrenOf(balscope.pid);
    process.kill(postmaster, 'SIGKILL');
    process.kill(worker!, 'SIGKILL');
    await eventually(() => /PostgreSQL had died and was started again/.test(logged()));
    expect(postmasterPid()).not.toBe(postmaster);
    await eventually(() => childrenOf(balscope.pid).some((pid) => pid !== worker));
    expect(await answers()).toBe(true);
  });

  test('a second start on the same data says who holds it, and the first goes on', async () => {
    const first = await startReady();
    const otherPort = String(await findFreePort());
    const second = start([MAIN, 'start'], { PORT: otherPort });
    expect(await second.ended).toBe(1);
    expect(second.output().trim()).toMatch(
      new RegExp(`^BALscope already runs on .* \\(process ${first.pid}, since .*\\)\\. Stop that one first`),
    );
    expect(await answers()).toBe(true);
  });

  test('a start waits for a predecessor that is stopping', async () => {
    const first = await startReady();
    first.child.kill('SIGTERM');
    const second = await startReady();
    expect(await first.ended).toBe(0);
    expect(second.output()).not.toContain('already runs');
  });

  test('kill -9 of the bootstrap takes everything along', async () => {
    const bootstrap = await startReady([BOOTSTRAP, 'start']);
    const [main] = childrenOf(bootstrap.pid);
    const left = [main!, ...childrenOf(main!), postmasterPid()];
    bootstrap.child.kill('SIGKILL');
    await eventually(() => left.filter(isAlive).length === 0);
  });

  test('the bootstrap hands SIGINT on and the end back', async () => {
    const bootstrap = await startReady([BOOTSTRAP, 'start']);
    const [main] = childrenOf(bootstrap.pid);
    bootstrap.child.kill('SIGINT');
    expect(await bootstrap.ended).toBe(0);
    expect(bootstrap.output()).toContain('Stopping…');
    expect(isAlive(main!)).toBe(false);
  });

  test('a second SIGINT ends it at once, the database too', async () => {
    const balscope = start([MAIN, 'start']);
    await balscope.prints(/database/);
    const postmaster = postmasterPid();
    balscope.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    balscope.child.kill('SIGINT');
    await balscope.ended;
    await eventually(() => !isAlive(postmaster));
  });
});

describe('what is wrong is said in a sentence', () => {
  async function refusal(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const process = start(args, env);
    expect(await process.ended).toBe(1);
    expect(process.output()).not.toMatch(/\n\s+at /);
    return process.output().trim();
  }

  test('the port is taken', async () => {
    const other = await occupyPort();
    const said = await refusal([MAIN, 'start'], { PORT: String(other.port) });
    other.release();
    expect(said).toMatch(new RegExp(`^Port ${other.port} on 127.0.0.1 is taken by another program.`));
  });

  test('the data folder cannot be written', async () => {
    expect(await refusal([MAIN, 'start'], { DATA_DIR: '/proc/balscope' })).toMatch(
      /^The data folder \/proc\/balscope cannot be written/,
    );
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(await refusal([MAIN, 'start'], { DATA_DIR: path.join(file, 'below') })).toMatch(
      /cannot be written/,
    );
  });

  test('every fault of the configuration at once', async () => {
    const said = await refusal([MAIN, 'start'], {
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      SQS_QUEUE_URL: 'https://q',
    });
    expect(said).toMatch(/^The configuration has 3 faults:/);
    expect(said.split('\n')).toHaveLength(4);
  });

  test('a role of its own has no database', async () => {
    expect(await refusal([MAIN, 'api'])).toMatch(/SQL_URI is not set: npm run api needs a PostgreSQL/);
  });

  test('an unknown role', async () => {
    expect(await refusal([MAIN, 'everything'])).toMatch(/^Usage/);
    expect(await refusal([BOOTSTRAP])).toMatch(/^Usage/);
  });

  test('a Node that is too old', async () => {
    const pretend = `--import=data:text/javascript,Object.defineProperty(process,'version',{value:'v18.19.0'})`;
    expect(await refusal([pretend, BOOTSTRAP, 'start'])).toMatch(
      /^BALscope needs Node 20 or later, and this is Node 18.19.0/,
    );
  });

  test('damaged secrets', async () => {
    mkdirSync(dataFolder(), { recursive: true });
    writeFileSync(path.join(dataFolder(), 'secrets.json'), '{"jwt_secret_key":"short"}');
    expect(await refusal([MAIN, 'start'])).toMatch(/secrets.json is damaged\. Restore it/);
  });
});

describe('on a database of our own choice', () => {
  let database: TestDatabase;
  async function signedIn(email: string) {
    const api = `http://127.0.0.1:${port}/api/v1`;
    const answer = await fetch(`${api}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: TEST_PASSWORD }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return (path: string, init: RequestInit = {}) =>
      fetch(`${api}${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
  }

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('api and worker run side by side and drain on SIGTERM', async () => {
    const api = start([MAIN, 'api'], { SQL_URI: database.uri });
    const worker = start([MAIN, 'worker'], { SQL_URI: database.uri });
    await Promise.all([
      api.prints(/"role":"api".*"msg":"ready"/),
      worker.prints(/"role":"worker".*"msg":"ready"/),
    ]);
    expect(await answers()).toBe(true);
    for (const role of [api, worker]) role.child.kill('SIGTERM');
    expect(await Promise.all([api.ended, worker.ended])).toEqual([0, 0]);
  });

  test('with S3 and SQS they do an upload between them, and drain on SIGTERM', async () => {
    const { bucket } = await createTestBucket();
    const { queueUrl } = await createTestQueue();
    const env = {
      ...variablesOf({ bucket, queueUrl }),
      SQL_URI: database.uri,
    };
    const api = start([MAIN, 'api'], env);
    // Another machine: nothing is shared but the services.
    const worker = start([MAIN, 'worker'], { ...env, DATA_DIR: path.join(folder, 'another') });
    await Promise.all([api.prints(/"msg":"ready"/), worker.prints(/"msg":"ready"/)]);

    const { db, close } = connect(database.uri);
    const { uploader } = await insertStaff(db);
    const patient = await insertPatient(db, uploader);
    const client = await signedIn(uploader.email);
    const form = new FormData();
    form.append('patient_id', patient.id);
    form.append('file', new Blob([new Uint8Array(await fieldImage('png'))]), 'field.png');
    const answer = await client('/upload_img', { method: 'POST', body: form });
    expect(answer.status).toBe(201);
    const { samples } = (await answer.json()) as { samples: { job_id: string }[] };
    const sample = async () =>
      (await (await client(`/samples/${samples[0].job_id}`)).json()) as {
        inference_status: string;
        image_url: string;
      };
    await eventually(async () => (await sample()).inference_status === 'completed');
    const image = await fetch(`http://127.0.0.1:${port}${(await sample()).image_url}`);
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    await close();

    for (const role of [api, worker]) role.child.kill('SIGTERM');
    expect(await Promise.all([api.ended, worker.ended])).toEqual([0, 0]);
  });

  test.each([
    ['a bucket', { S3_BUCKET_NAME: 'no-such-bucket' }, /^The bucket no-such-bucket at .* refuses us/],
    [
      'a queue',
      { SQS_QUEUE_URL: 'http://127.0.0.1:1/0/none' },
      /^The queue .*\/none refuses us \(\w*QueueDoesNotExist/,
    ],
  ])('%s that is not there is said at once', async (_, wrong, sentence) => {
    const { bucket } = await createTestBucket();
    const { queueUrl } = await createTestQueue();
    const env = { ...variablesOf({ bucket, queueUrl }), SQL_URI: database.uri, ...wrong };
    for (const role of ['api', 'worker']) {
      const refused = start([MAIN, role], env);
      expect(await refused.ended).toBe(1);
      expect(refused.output().trim()).toMatch(sentence);
    }
  });

  test('a database made by a newer BALscope is left alone', async () => {
    const client = new pg.Client({ connectionString: database.ownerUri });
    await client.connect();
    await client.query(
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('future', 99999999999999)",
    );
    await client.end();
    const api = start([MAIN, 'api'], { SQL_URI: database.uri });
    expect(await api.ended).toBe(1);
    expect(api.output().trim()).toMatch(/^This database was made by a newer version of BALscope\./);
  });

  test('a wrong password is said at once', async () => {
    const uri = new URL(database.uri);
    uri.password = 'wrong';
    const api = start([MAIN, 'api'], { SQL_URI: uri.href });
    expect(await api.ended).toBe(1);
    expect(api.output()).toMatch(/The database at 127.0.0.1:\d+ refuses us: .*Check SQL_URI/);
    expect(api.output()).not.toContain('wrong');
  });
});
