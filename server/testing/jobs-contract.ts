import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../db/client.ts';
import { type Job, type JobHandler, type Jobs, PermanentFailure } from '../platform/jobs.ts';

export interface JobsUnderTest {
  database: Database;
  /** Another process on the same queue. */
  open(): Promise<Jobs>;
}

/** What every adapter of the port promises. */
export function testJobs(prepare: () => Promise<JobsUnderTest>): void {
  let database: Database;
  let open: () => Promise<Jobs>;
  let jobs: Jobs;
  const handlers = new Map<string, JobHandler>();

  beforeAll(async () => {
    ({ database, open } = await prepare());
    jobs = await open();
    await jobs.work(async (job) => handlers.get(job.sampleId)?.(job), { concurrency: 2 });
  });
  afterAll(() => jobs.close());

  const enqueue = (...ids: string[]) => database.db.transaction((tx) => jobs.enqueue(tx, ids));

  /** Handles jobs of a new sample with the given function; tells what was handed out. */
  function sampleHandledBy(handle: (job: Job, attempt: number) => Promise<void>) {
    const sampleId = v7();
    const attempts: Job[] = [];
    handlers.set(sampleId, async (job) => {
      attempts.push(job);
      await handle(job, attempts.length);
    });
    return { sampleId, attempts };
  }
  const settled = (sampleId: string) =>
    vi.waitFor(async () => expect(await jobs.findWithJob([sampleId])).toEqual(new Set()), {
      timeout: 10_000,
      interval: 50,
    });
  const deadLetters = () => jobs.countDeadLetters();

  test('a job is handed out once when its transaction commits', async () => {
    const { sampleId, attempts } = sampleHandledBy(async () => {});
    await enqueue(sampleId);
    await settled(sampleId);
    expect(attempts).toMatchObject([{ sampleId, retries: 0, isLastAttempt: false, redriven: false }]);
  });

  test('and never when it rolls back', async () => {
    const { sampleId, attempts } = sampleHandledBy(async () => {});
    const rolledBack = database.db.transaction(async (tx) => {
      await jobs.enqueue(tx, [sampleId]);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await jobs.findWithJob([sampleId])).toEqual(new Set());
    expect(attempts).toEqual([]);
  });

  test('a sample that waits or is worked on gets no second job', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { sampleId, attempts } = sampleHandledBy(() => held);
    await enqueue(sampleId, sampleId);
    await vi.waitFor(() => expect(attempts).toHaveLength(1), { timeout: 5000 });
    await enqueue(sampleId);
    expect(await jobs.stats()).toMatchObject({ active: 1, waiting: 0, oldestWaitingS: null });
    release();
    await settled(sampleId);
    expect(attempts).toHaveLength(1);
  });

  test('one that has ended gets another', async () => {
    const { sampleId, attempts } = sampleHandledBy(async () => {});
    for (const round of [1, 2]) {
      await enqueue(sampleId);
      await settled(sampleId);
      expect(attempts).toHaveLength(round);
    }
  });

  test('a job whose handler throws comes again, knowing so', async () => {
    const { sampleId, attempts } = sampleHandledBy(async (_, attempt) => {
      if (attempt === 1) throw new Error('the network was away');
    });
    await enqueue(sampleId);
    await settled(sampleId);
    expect(attempts.map(({ retries }) => retries)).toEqual([0, 1]);
  });

  test('one that can never succeed goes to the dead letters at once', async () => {
    const before = await deadLetters();
    const { sampleId, attempts } = sampleHandledBy(async () => {
      throw new PermanentFailure('The image is damaged.');
    });
    await enqueue(sampleId);
    await settled(sampleId);
    expect(attempts).toHaveLength(1);
    expect(await deadLetters()).toBe(before + 1);
  });

  test('dead letters can be put back, and say so when they are handed out', async () => {
    const { sampleId, attempts } = sampleHandledBy(async (_, attempt) => {
      if (attempt === 1) throw new PermanentFailure('The model is away.');
    });
    await enqueue(sampleId);
    await settled(sampleId);
    const dead = await deadLetters();
    expect(dead).toBeGreaterThan(0);
    expect(await jobs.redriveDeadLetters()).toBe(dead);
    await vi.waitFor(() => expect(attempts).toHaveLength(2), { timeout: 10_000 });
    await settled(sampleId);
    expect(attempts.map(({ redriven }) => redriven)).toEqual([false, true]);
  });

  test('closing lets running handlers finish for a while, then tells them to stop and gives the job back', async () => {
    const other = await open();
    await jobs.close(); // so that only the other one takes jobs
    const sampleId = v7();
    let stopped = false;
    const begun = new Promise<void>((resolve) => {
      void other.work(
        ({ signal }) =>
          new Promise((_, reject) => {
            resolve();
            signal.addEventListener('abort', () => {
              stopped = true;
              reject(new Error('stopped'));
            });
          }),
        { concurrency: 1 },
      );
    });
    await database.db.transaction((tx) => other.enqueue(tx, [sampleId]));
    await begun;
    await other.close({ drainMs: 1000 });
    expect(stopped).toBe(true);

    jobs = await open();
    expect(await jobs.findWithJob([sampleId])).toEqual(new Set([sampleId]));
    const again = new Promise<string>((resolve) => {
      void jobs.work(async (job) => resolve(job.sampleId), { concurrency: 1 });
    });
    expect(await again).toBe(sampleId);
  });
}
