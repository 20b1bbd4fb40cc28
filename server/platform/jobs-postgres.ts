import { sql } from 'drizzle-orm';
import { fromDrizzle, type JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';
import { openDatabaseSocket } from '../db/database-socket.ts';
import {
  type DeadLetter,
  type Job,
  type JobHandler,
  type JobStats,
  type Jobs,
  MOST_REDRIVEN,
  MOST_RETRIES,
  PermanentFailure,
} from './jobs.ts';
import type { Logger } from './log.ts';
import { currentTraceparent } from './trace.ts';

const QUEUE = 'process-sample';
const DEAD_LETTERS = 'process-sample-dead';
/** Always the same: a job whose worker was killed comes again soon after its lease, the fifth time too. */
const RETRY_PAUSE_S = 2;
const DAY_S = 24 * 3600;
/** How often lapsed leases are looked for, and the queue as such where a notification was missed. */
const WATCH_S = 2;
const EXPIRY_MARGIN_S = 60;

const Payload = z.object({ sampleId: z.uuid(), traceparent: z.string().optional() });

interface QueueSettings {
  databaseUri: string;
  /** Without a sign of life for so long, a job is taken from its worker; at least 10. */
  leaseS: number;
  /** After so long a job is taken from its worker whatever that says. */
  longestJobS: number;
  log: Logger;
  /** Whether this process runs jobs or only adds them. */
  runsJobs: boolean;
}

/** Jobs in the same PostgreSQL as the samples, by pg-boss. */
export async function openPostgresJobs(settings: QueueSettings): Promise<Jobs> {
  // pg-boss hands what it does not know on to pg.
  const connection = { connectionString: settings.databaseUri, stream: () => openDatabaseSocket() };
  const boss = new PgBoss({
    ...connection,
    max: settings.runsJobs ? 5 : 2,
    schedule: false,
    supervise: settings.runsJobs,
    superviseIntervalSeconds: WATCH_S,
    monitorIntervalSeconds: WATCH_S,
    useListenNotify: settings.runsJobs,
    registerInstance: false,
    monitorVacuum: false,
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => settings.log.warn({ err: error }, 'the job queue has trouble'));
  await boss.start();
  await createQueues(boss, settings);
  const running = new Set<Promise<unknown>>();

  const enqueue: Jobs['enqueue'] = async (tx, sampleIds) => {
    const traceparent = currentTraceparent();
    const jobs = sampleIds.map((sampleId) => ({ data: { sampleId, traceparent }, singletonKey: sampleId }));
    if (jobs.length > 0) await boss.insert(QUEUE, jobs, { db: fromDrizzle(tx, sql) });
  };

  const work: Jobs['work'] = async (handle, { concurrency }) => {
    const options = {
      batchSize: 1, // a batch fails as a whole
      pollingIntervalSeconds: WATCH_S,
      notifyPollingIntervalSeconds: WATCH_S,
      includeMetadata: true,
      perJobResults: true,
    } as const;
    // Otherwise only after WATCH_S, which workers that end again and again may never reach.
    await boss
      .supervise(QUEUE)
      .catch((error) => settings.log.warn({ err: error }, 'lapsed leases are looked for later'));
    const seats = Array.from({ length: concurrency }, async () => {
      let id = '';
      id = await boss.work(QUEUE, options, async ([job]: JobWithMetadata<unknown>[]) => {
        const outcome = settle(job, handle);
        running.add(outcome);
        try {
          return [await outcome];
        } finally {
          running.delete(outcome);
          // Otherwise it would sleep until the next poll although more may wait.
          boss.notifyWorker(id);
        }
      });
    });
    await Promise.all(seats);
  };

  const findWithJob: Jobs['findWithJob'] = async (sampleIds) => {
    const { rows } = await boss
      .getDb()
      .executeSql(
        `select singleton_key from pgboss.job where name = $1 and state < 'completed' and singleton_key = any($2)`,
        [QUEUE, [...sampleIds]],
      );
    return new Set(rows.map((row) => row.singleton_key as string));
  };

  const close: Jobs['close'] = async ({ drainMs } = { drainMs: 1000 }) => {
    await boss.stop({ graceful: true, timeout: Math.max(drainMs, 1000), close: false });
    // Handlers whose signal was just aborted still have to put their samples back.
    await Promise.allSettled(running);
    await boss.stop({ graceful: false, close: true });
  };

  return {
    enqueue,
    work,
    findWithJob,
    stats: () => readStats(boss),
    countDeadLetters: () => countDeadLetters(boss),
    check: async () => void (await boss.getDb().executeSql('select 1')),
    listDeadLetters: (limit) => readDeadLetters(boss, limit),
    redriveDeadLetters: () => boss.redrive(DEAD_LETTERS, { destination: QUEUE, limit: MOST_REDRIVEN }),
    close,
  };
}

async function createQueues(boss: PgBoss, { leaseS, longestJobS }: QueueSettings): Promise<void> {
  await boss.createQueue(DEAD_LETTERS, { retentionSeconds: 30 * DAY_S });
  const options = {
    deadLetter: DEAD_LETTERS,
    notify: true,
    heartbeatSeconds: leaseS,
    expireInSeconds: longestJobS + EXPIRY_MARGIN_S,
    retryLimit: MOST_RETRIES,
    retryDelay: RETRY_PAUSE_S,
    retryBackoff: false,
    deleteAfterSeconds: DAY_S,
  };
  await boss.createQueue(QUEUE, { ...options, policy: 'exclusive' });
  await boss.updateQueue(QUEUE, options);
}

async function settle(job: JobWithMetadata<unknown>, handle: JobHandler) {
  try {
    await handle(toJob(job));
    return { id: job.id, status: 'completed' as const };
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    return { id: job.id, status: 'deadletter' as const, output: { message: error.message } };
  }
}

function toJob({ data, retryCount, retryLimit, signal, sourceRootId }: JobWithMetadata<unknown>): Job {
  const payload = Payload.safeParse(data);
  if (!payload.success) throw new PermanentFailure('This job names no sample.');
  return {
    ...payload.data,
    retries: retryCount,
    isLastAttempt: retryCount >= retryLimit,
    redriven: sourceRootId !== null,
    signal,
  };
}

async function readStats(boss: PgBoss): Promise<JobStats> {
  const { rows } = await boss.getDb().executeSql(
    `select count(*) filter (where state < 'active')::int as waiting,
            count(*) filter (where state = 'active')::int as active,
            extract(epoch from now() - min(created_on) filter (where state < 'active'))::float as oldest
       from pgboss.job where name = $1 and state < 'completed'`,
    [QUEUE],
  );
  const [{ waiting, active, oldest }] = rows;
  return { waiting, active, oldestWaitingS: oldest };
}

async function countDeadLetters(boss: PgBoss): Promise<number> {
  const { rows } = await boss
    .getDb()
    .executeSql(`select count(*)::int as dead from pgboss.job where name = $1 and state < 'completed'`, [
      DEAD_LETTERS,
    ]);
  return rows[0].dead;
}

async function readDeadLetters(boss: PgBoss, limit: number): Promise<DeadLetter[]> {
  const { rows } = await boss.getDb().executeSql(
    `select data->>'sampleId' as sample, source_output->>'message' as reason, created_on as at
       from pgboss.job where name = $1 and state < 'completed' order by created_on desc limit $2`,
    [DEAD_LETTERS, limit],
  );
  return rows.map(({ sample, reason, at }) => ({
    sampleId: Payload.safeParse({ sampleId: sample }).data?.sampleId,
    reason: reason ?? undefined,
    at,
  }));
}
