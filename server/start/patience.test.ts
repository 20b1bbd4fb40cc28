import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../db/postgres-process.ts';
import { createTestBucket, createTestQueue, variablesOf } from '../testing/aws.ts';
import { launch } from '../testing/launched.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-patience-'));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the processes are given, with one part at a port where nothing is, and the port where that part really is. */
async function without(part: 'database' | 'objects' | 'queue', awayPort: number) {
  const databaseUri = new URL(database.uri);
  if (part === 'database') {
    const { port } = databaseUri;
    databaseUri.port = String(awayPort);
    return { realPort: Number(port), env: { SQL_URI: databaseUri.href } };
  }
  const { bucket } = await createTestBucket();
  const { queueUrl } = await createTestQueue();
  const { S3_BUCKET_NAME, SQS_QUEUE_URL, AWS_ENDPOINT_URL, ...aws } = variablesOf({ bucket, queueUrl });
  const one: Record<string, string> = part === 'objects' ? { S3_BUCKET_NAME } : { SQS_QUEUE_URL };
  const env = { ...aws, ...one, AWS_ENDPOINT_URL: `http://127.0.0.1:${awayPort}`, SQL_URI: database.uri };
  return { realPort: Number(new URL(AWS_ENDPOINT_URL).port), env };
}

/** Hands connections on to another port of this machine. */
async function forward(from: number, to: number): Promise<Disposable> {
  const server = net.createServer((client) => {
    const onward = net.connect(to, '127.0.0.1');
    client.on('error', () => onward.destroy()).pipe(onward);
    onward.on('error', () => client.destroy()).pipe(client);
  });
  server.listen(from, '127.0.0.1');
  await once(server, 'listening');
  return { [Symbol.dispose]: () => void server.close() };
}

describe.each(['database', 'objects', 'queue'] as const)('while its %s is away', (part) => {
  test.each(['api', 'worker'])(
    'a starting %s waits, says so where it is asked, and goes on',
    async (role) => {
      const [awayPort, port, metricsPort] = await Promise.all([
        findFreePort(),
        findFreePort(),
        findFreePort(),
      ]);
      const { realPort, env } = await without(part, awayPort);
      const started = launch(['server/main.ts', role], {
        ...env,
        DATA_DIR: folder,
        PORT: String(port),
        WORKER_METRICS_PORT: String(metricsPort),
      });
      try {
        await started.prints(new RegExp(`"part":"${part}".*waiting to start: .* cannot be reached`));
        const door = role === 'api' ? `${port}/health/ready` : `${metricsPort}/metrics`;
        const answer = await fetch(`http://127.0.0.1:${door}`);
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
        expect(await answer.json()).toMatchObject({
          code: 'unavailable',
          detail: `This process is starting and waits for its ${part}. Try again in a moment.`,
        });

        using _back = await forward(awayPort, realPort);
        await started.prints(/"msg":"ready"/);
        expect((await fetch(`http://127.0.0.1:${door}`)).status).toBe(200);
        started.child.kill('SIGTERM');
        expect(await started.ended).toBe(0);
      } finally {
        started.child.kill('SIGKILL');
        await started.ended;
      }
    },
  );
});

test('a process that waits ends when it is asked to', async () => {
  const { env } = await without('database', await findFreePort());
  const started = launch(['server/main.ts', 'worker'], { ...env, DATA_DIR: folder });
  await started.prints(/waiting to start/);
  started.child.kill('SIGTERM');
  expect(await started.ended).toBe(0);
});
