import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect, type Database } from '../db/client.ts';
import { createTestQueue, testAws } from '../testing/aws.ts';
import { openGate } from '../testing/aws-gate.ts';
import { testJobs } from '../testing/jobs-contract.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { NoDeadLetterQueue } from './aws.ts';
import { type JobHandler, type Jobs, PermanentFailure, QueueUnavailable } from './jobs.ts';
import { openSqsJobs } from './jobs-sqs.ts';
import { createLog } from './log.ts';
import { endLostJobs } from './outbox-relay.ts';
import { openSqsQueue } from './sqs-queue.ts';

const log = createLog('fatal', 2);
const PATIENCE = { timeout: 30_000, interval: 50 };

let testDatabase: TestDatabase;
let database: Database;
let queue: Awaited<ReturnType<typeof createTestQueue>>;
const opened: Jobs[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.uri);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  queue = await createTestQueue();
});
afterEach(() => Promise.all(opened.splice(0).map((jobs) => jobs.close())));

const openOn = (queueUrl: string, { leaseS = 10, endpointUrl = testAws().endpointUrl } = {}) =>
  openSqsJobs({ sqs: { ...testAws(), endpointUrl, queueUrl }, database, leaseS, log, runsJobs: true });

async function open(options: { leaseS?: number; endpointUrl?: string } = {}): Promise<Jobs> {
  const jobs = await openOn(queue.queueUrl, options);
  opened.push(jobs);
  return jobs;
}
async function openWorking(handle: JobHandler, options: { concurrency?: number; leaseS?: number } = {}) {
  const jobs = await open(options);
  await jobs.work(handle, { concurrency: 1, ...options });
  return jobs;
}
const enqueue = (jobs: Jobs, ...ids: string[]) => database.db.transaction((tx) => jobs.enqueue(tx, ids));
const send = (MessageBody: string) =>
  queue.client.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody }));
const ended = (jobs: Jobs, ids: string[]) =>
  vi.waitFor(async () => expect(await jobs.findWithJob(ids)).toEqual(new Set()), PATIENCE);
async function countOf(QueueUrl: string): Promise<number> {
  const AttributeNames = [
    'ApproximateNumberOfMessages' as const,
    'ApproximateNumberOfMessagesNotVisible' as const,
  ];
  const { Attributes } = await queue.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Object.values(Attributes!).reduce((sum, count) => sum + Number(count), 0);
}
async function countVisible(QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await queue.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes!.ApproximateNumberOfMessages);
}
const queueEmpties = () => vi.waitFor(async () => expect(await countOf(queue.queueUrl)).toBe(0), PATIENCE);

describe('as every adapter', () => {
  testJobs(async () => {
    const { queueUrl } = await createTestQueue();
    return { database, open: () => openOn(queueUrl) };
  });
});

test('messages that come twice and in any order have each job done once', async () => {
  const ids = Array.from({ length: 30 }, () => v7());
  const done: string[] = [];
  const adding = await open();
  await enqueue(adding, ...ids);
  for (const sampleId of [...ids].reverse()) await send(JSON.stringify({ sampleId }));
  const jobs = await openWorking(async ({ sampleId }) => void done.push(sampleId), { concurrency: 4 });
  await ended(jobs, ids);
  await queueEmpties();
  expect(done.sort()).toEqual([...ids].sort());
});

test('a second message of a job that is being worked on waits, and is done with when the job has ended', async () => {
  const sampleId = v7();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handle = vi.fn<JobHandler>(() => held);
  const jobs = await openWorking(handle, { concurrency: 2 });
  await enqueue(jobs, sampleId);
  await vi.waitFor(() => expect(handle).toHaveBeenCalled(), PATIENCE);
  await send(JSON.stringify({ sampleId }));
  await vi.waitFor(async () => expect(await countOf(queue.queueUrl)).toBe(2), PATIENCE);
  release();
  await ended(jobs, [sampleId]);
  await queueEmpties();
  expect(handle).toHaveBeenCalledTimes(1);
  expect(await jobs.countDeadLetters()).toBe(0);
});

test('a free seat takes what waits while others work, and none is taken ahead of a free seat', async () => {
  const [first, second, ...others] = Array.from({ length: 6 }, () => v7());
  const holds = new Map([first, second].map((id) => [id, Promise.withResolvers<void>()]));
  const begun: string[] = [];
  const jobs = await openWorking(
    async ({ sampleId }) => {
      begun.push(sampleId);
      await holds.get(sampleId)?.promise;
    },
    { concurrency: 2 },
  );
  await enqueue(jobs, first);
  await vi.waitFor(() => expect(begun).toEqual([first]), PATIENCE);
  await enqueue(jobs, ...others);
  await ended(jobs, others);
  await enqueue(jobs, second);
  await vi.waitFor(() => expect(begun).toContain(second), PATIENCE);
  const waiting = v7();
  await enqueue(jobs, waiting);
  await vi.waitFor(async () => expect(await countVisible(queue.queueUrl)).toBe(1), PATIENCE);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await countVisible(queue.queueUrl)).toBe(1);
  for (const { resolve } of holds.values()) resolve();
  await ended(jobs, [first, second, waiting]);
  await queueEmpties();
});

test('poison goes to the dead letters with its reason, and the others go on', async () => {
  const unknown = JSON.stringify({ sampleId: v7() });
  const broken = ['{"sampleId":', '{"sampleId":"../../etc"}', '[]', unknown];
  for (const body of broken) await send(body);
  const sampleId = v7();
  const damaged = v7();
  const done: string[] = [];
  const jobs = await openWorking(async (job) => {
    if (job.sampleId === damaged) throw new PermanentFailure('The image is damaged.');
    done.push(job.sampleId);
  });
  await enqueue(jobs, damaged, sampleId);
  await ended(jobs, [sampleId, damaged]);
  await queueEmpties();
  expect(done).toEqual([sampleId]);
  const reasons = new Map<string, string>();
  await vi.waitFor(async () => {
    const { Messages = [] } = await queue.client.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.deadLetterUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['reason'],
      }),
    );
    for (const { Body, MessageAttributes } of Messages) {
      reasons.set(Body!, MessageAttributes!.reason.StringValue!);
    }
    expect([...reasons.keys()].sort()).toEqual([...broken, JSON.stringify({ sampleId: damaged })].sort());
  }, PATIENCE);
  expect(reasons.get(unknown)).toBe('This message names no sample that was queued.');
  expect(reasons.get(JSON.stringify({ sampleId: damaged }))).toBe('The image is damaged.');
});

test('a queue that is away takes no upload along: jobs wait in the database and drain later', async () => {
  const gate = await openGate();
  const jobs = await open({ endpointUrl: gate.url });
  await gate.shut();
  const ids = Array.from({ length: 25 }, () => v7());
  await enqueue(jobs, ...ids);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await jobs.findWithJob(ids)).toEqual(new Set(ids));
  expect(await jobs.stats()).toMatchObject({ waiting: ids.length, active: 0 });
  await expect(jobs.countDeadLetters()).rejects.toThrow(QueueUnavailable);

  await gate.reopen();
  const done: string[] = [];
  await jobs.work(async ({ sampleId }) => void done.push(sampleId), { concurrency: 2 });
  await ended(jobs, ids);
  expect(done.sort()).toEqual([...ids].sort());
  await gate.shut();
});

test('a queue that goes away does not end the job in progress, which then is not done twice', async () => {
  const gate = await openGate();
  const jobs = await open({ endpointUrl: gate.url, leaseS: 3 });
  const sampleId = v7();
  let calls = 0;
  let aborted = false;
  await jobs.work(
    async ({ signal }) => {
      calls++;
      await gate.shut();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      aborted = signal.aborted;
    },
    { concurrency: 2 },
  );
  await enqueue(jobs, sampleId);
  await ended(jobs, [sampleId]);
  await gate.reopen();
  await queueEmpties();
  expect([calls, aborted]).toEqual([1, false]);
  await gate.shut();
});

test('a job whose worker has died is taken up by another when its lease has run out', async () => {
  const sampleId = v7();
  const dying = await open();
  await enqueue(dying, sampleId);
  await vi.waitFor(async () => {
    const { Messages = [] } = await queue.client.send(
      new ReceiveMessageCommand({ QueueUrl: queue.queueUrl, VisibilityTimeout: 2 }),
    );
    expect(Messages).toHaveLength(1);
  }, PATIENCE);
  await database.pool.query(
    `update outbox set lease_id = $2, leased_until = now() + interval '2 s', attempts = 1 where sample_id = $1`,
    [sampleId, v7()],
  );
  const handle = vi.fn<JobHandler>(async () => {});
  const jobs = await openWorking(handle);
  expect((await jobs.stats()).active).toBe(1);
  await ended(jobs, [sampleId]);
  expect(handle).toHaveBeenCalledTimes(1);
  expect(handle.mock.calls[0][0].retries).toBeGreaterThan(0);
});

test('it comes before those that only wait, whose messages stand before its own, unless it was tried too often', async () => {
  const [interrupted, deadly, ...waiting] = Array.from({ length: 12 }, () => v7());
  const done: string[] = [];
  const begun = Promise.withResolvers<void>();
  const jobs = await openWorking(async ({ sampleId, retries }) => {
    if (done.length === 0) await begun.promise;
    else await new Promise((resolve) => setTimeout(resolve, 200));
    done.push(sampleId);
    if (sampleId === interrupted) expect(retries).toBe(3);
  });
  await enqueue(jobs, ...waiting);
  await vi.waitFor(async () => expect(await countVisible(queue.queueUrl)).toBe(9), PATIENCE);
  await enqueue(jobs, interrupted, deadly);
  await vi.waitFor(async () => expect(await countVisible(queue.queueUrl)).toBe(11), PATIENCE);
  for (const [sampleId, attempts] of [
    [interrupted, 3],
    [deadly, 40],
  ]) {
    await database.pool.query(
      `update outbox set lease_id = $2, leased_until = now(), attempts = $3 where sample_id = $1`,
      [sampleId, v7(), attempts],
    );
  }
  begun.resolve();
  await ended(jobs, [interrupted, deadly, ...waiting]);
  await queueEmpties();
  expect(done.indexOf(interrupted)).toBeLessThan(8);
  expect(done.indexOf(deadly)).toBeGreaterThan(8);
  expect(done).toHaveLength(12);
});

test('a job that was taken up without its message spends no receipt of it, and is announced again when it has to wait', async () => {
  const sampleId = v7();
  const adding = await open();
  await enqueue(adding, sampleId);
  await vi.waitFor(async () => expect(await countVisible(queue.queueUrl)).toBe(1), PATIENCE);
  await queue.client.send(new PurgeQueueCommand({ QueueUrl: queue.queueUrl }));
  await database.pool.query(
    `update outbox set lease_id = $2, leased_until = now(), attempts = 1 where sample_id = $1`,
    [sampleId, v7()],
  );
  const begun = Promise.withResolvers<void>();
  const fail = Promise.withResolvers<void>();
  const handle = vi.fn<JobHandler>(async ({ retries }) => {
    if (retries > 1) return;
    begun.resolve();
    await fail.promise;
    throw new Error('the bucket is away');
  });
  const jobs = await openWorking(handle, { concurrency: 2 });
  await begun.promise;
  await send(JSON.stringify({ sampleId }));
  await queueEmpties();
  fail.resolve();
  await ended(jobs, [sampleId]);
  await queueEmpties();
  expect(handle.mock.calls.map(([job]) => job.retries)).toEqual([1, 2]);
  expect(await jobs.countDeadLetters()).toBe(0);
});

test('the lease and the message are held for as long as the job takes', async () => {
  const sampleId = v7();
  const handle = vi.fn<JobHandler>(() => new Promise((resolve) => setTimeout(resolve, 5000)));
  const jobs = await openWorking(handle, { leaseS: 2, concurrency: 2 });
  await enqueue(jobs, sampleId);
  await ended(jobs, [sampleId]);
  await queueEmpties();
  expect(handle).toHaveBeenCalledTimes(1);
});

test('a worker whose lease went to another is told, and neither ends the job nor gives it back', async () => {
  const sampleId = v7();
  const other = v7();
  const told = vi.fn();
  const jobs = await openWorking(
    ({ signal }) =>
      new Promise((resolve) => {
        void database.pool.query(
          `update outbox set lease_id = $2, leased_until = now() + interval '1 h' where sample_id = $1`,
          [sampleId, other],
        );
        signal.addEventListener('abort', () => {
          told(signal.reason.message);
          resolve();
        });
      }),
    { leaseS: 2 },
  );
  await enqueue(jobs, sampleId);
  await vi.waitFor(
    () => expect(told).toHaveBeenCalledWith('another worker has taken the job over'),
    PATIENCE,
  );
  const { rows } = await database.pool.query('select lease_id, ended_at from outbox where sample_id = $1', [
    sampleId,
  ]);
  expect(rows).toEqual([{ lease_id: other, ended_at: null }]);
});

test('a job whose message is lost is ended, so that its sample is found without one; others are left alone', async () => {
  const [lost, young] = [v7(), v7()];
  const jobs = await open();
  await enqueue(jobs, lost, young);
  await vi.waitFor(async () => expect(await countOf(queue.queueUrl)).toBe(2), PATIENCE);
  await database.pool.query(`update outbox set sent_at = now() - interval '10 min' where sample_id = $1`, [
    lost,
  ]);
  const parts = {
    db: database.db,
    queue: await openSqsQueue({ ...testAws(), queueUrl: queue.queueUrl }),
    log,
  };
  await endLostJobs(parts, 300);
  expect(await jobs.findWithJob([lost, young])).toEqual(new Set([lost, young]));
  await queue.client.send(new PurgeQueueCommand({ QueueUrl: queue.queueUrl }));
  await endLostJobs(parts, 300);
  expect(await jobs.findWithJob([lost, young])).toEqual(new Set([young]));
});

test('a queue without a dead-letter queue is refused with what to do', async () => {
  await expect(openSqsQueue({ ...testAws(), queueUrl: queue.deadLetterUrl })).rejects.toThrow(
    NoDeadLetterQueue,
  );
});
