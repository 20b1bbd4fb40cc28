import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '../db/client.ts';
import type { Logger } from './log.ts';
import { endSilentJobs, forward, hasSilentJobs, removeEndedJobs } from './outbox.ts';
import { MOST_IN_A_BATCH, type SqsQueue } from './sqs-queue.ts';

const IDLE_MS = 1000;
const EAGER_MS = 20;
/** Within so long the transaction that added a job commits. */
const EAGER_FOR_MS = 1000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const TIDY_EVERY_MS = 60_000;
/** The counts of the queue lag behind by a minute or so. */
const SILENT_AFTER_S = 300;
/** A day more than a queue can keep a message. */
const FORGET_ENDED_AFTER_S = 15 * 24 * 3600;

interface RelaySettings {
  db: Db;
  queue: Pick<SqsQueue, 'sendBatch' | 'isEmpty'>;
  log: Logger;
}

export interface OutboxRelay {
  /** So many jobs are about to be added: look often for a moment. */
  expect(jobs: number): void;
  close(): Promise<void>;
}

export const messageOf = (sampleId: string) => JSON.stringify({ sampleId });

/** Forwards jobs from the database to the queue; when either is away they wait in the database. */
export function startOutboxRelay({ db, queue, log }: RelaySettings): OutboxRelay {
  let closed = false;
  let failures = 0;
  let expected = 0;
  let eagerUntil = 0;
  let wake = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const forwardSome = () =>
    forward(db, MOST_IN_A_BATCH, async (sampleIds) => {
      const taken = await queue.sendBatch(sampleIds.map(messageOf));
      return taken.map((at) => sampleIds[at]);
    });

  const run = async () => {
    while (!closed) {
      try {
        const sent = await forwardSome();
        failures = 0;
        // Counted wrongly where another process sent ours or we sent its: that costs some looks in vain, or one idle pause.
        expected = Date.now() < eagerUntil ? Math.max(0, expected - sent) : 0;
        if (sent === 0) await pause(expected > 0 ? EAGER_MS : IDLE_MS);
      } catch (error) {
        if (closed) return;
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS) * (0.5 + Math.random());
        log.warn({ err: error, pauseMs }, 'jobs wait in the database: they cannot be sent to the queue');
        await pause(pauseMs);
      }
    }
  };
  const running = run();

  return {
    expect: (jobs) => {
      expected += jobs;
      eagerUntil = Date.now() + EAGER_FOR_MS;
      // A queue that is away is not asked more often because more is to be sent.
      if (failures === 0) wake();
    },
    close: async () => {
      closed = true;
      wake();
      await running;
    },
  };
}

/** Ends jobs whose message is lost, and forgets those that ended long ago. Every worker does so. */
export function keepOutboxTidy({ db, queue, log }: RelaySettings): { close(): Promise<void> } {
  const closed = new AbortController();
  const run = async () => {
    while (!closed.signal.aborted) {
      try {
        await removeEndedJobs(db, FORGET_ENDED_AFTER_S);
        await endLostJobs({ db, queue, log }, SILENT_AFTER_S);
      } catch (error) {
        log.warn({ err: error }, 'the outbox could not be tidied; it will be tried again');
      }
      await delay(TIDY_EVERY_MS, undefined, { signal: closed.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    close: async () => {
      closed.abort();
      await running;
    },
  };
}

/**
 * A job that was sent long ago while the queue is empty has lost its message: the queue was purged, kept it no
 * longer, or has put it among the dead letters because every worker that took it died.
 */
export async function endLostJobs({ db, queue, log }: RelaySettings, sentBeforeS: number): Promise<void> {
  if (!(await hasSilentJobs(db, sentBeforeS)) || !(await queue.isEmpty())) return;
  const ended = await endSilentJobs(db, sentBeforeS);
  if (ended > 0) log.warn({ ended }, 'jobs have lost their message');
}
