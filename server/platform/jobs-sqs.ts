import { setTimeout as delay } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { z } from 'zod';
import type { Database } from '../db/client.ts';
import {
  type Job,
  type JobHandler,
  type Jobs,
  MOST_REDRIVEN,
  MOST_RETRIES,
  PermanentFailure,
} from './jobs.ts';
import type { Logger } from './log.ts';
import {
  addToOutbox,
  countJobs,
  endJob,
  extendLease,
  findOpenJobs,
  type Lease,
  releaseLease,
  takeInterrupted,
  takeLease,
} from './outbox.ts';
import { keepOutboxTidy, messageOf, startOutboxRelay } from './outbox-relay.ts';
import { MOST_IN_A_BATCH, openSqsQueue, type SqsSettings } from './sqs-queue.ts';
import { currentTraceparent } from './trace.ts';

const POLL_S = 20;
const LONGEST_RETRY_S = 60;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const LOOK_FOR_INTERRUPTED_EVERY_MS = 1000;

const Payload = z.object({ sampleId: z.uuid() });

interface QueueSettings {
  sqs: SqsSettings;
  database: Database;
  /** Without a sign of life for so long, a job is taken from its worker. */
  leaseS: number;
  log: Logger;
  /** Whether this process runs jobs or only adds them. */
  runsJobs: boolean;
}

/**
 * Jobs in SQS. They are rows of the outbox first, in the sample's own transaction; messages only say which row may be
 * worth a look, so that one that comes twice, late or never changes nothing.
 * @throws NoDeadLetterQueue, QueueUnavailable
 */
export async function openSqsJobs({ sqs, database, leaseS, log, runsJobs }: QueueSettings): Promise<Jobs> {
  const queue = await openSqsQueue(sqs);
  const { db } = database;
  const relay = startOutboxRelay({ db, queue, log });
  const tidying = runsJobs ? keepOutboxTidy({ db, queue, log }) : undefined;
  const closing = new AbortController();
  const handled = new Set<AbortController>();
  let consumer: Consumer | undefined;
  const running = new Set<Promise<void>>();

  /** @returns what remains to be done, which keeps no seat from its next job */
  const take = async (message: Message, handle: JobHandler): Promise<() => Promise<void>> => {
    const sampleId = sampleOf(message);
    const lease = sampleId === undefined ? 'unknown' : await takeLease(db, sampleId, leaseS);
    if (lease === 'unknown') {
      return async () => {
        await queue.bury(message, 'This message names no sample that was queued.');
        await queue.remove(message);
      };
    }
    if (lease === 'ended' || lease === 'announced again') return () => queue.remove(message);
    if ('heldForS' in lease) return () => queue.hide(message, lease.heldForS + 1);
    return runJob(lease, handle, message);
  };

  const runJob = async (lease: Lease, handle: JobHandler, message?: Message) => {
    const receives = Number(message?.Attributes?.ApproximateReceiveCount ?? 1);
    const stopping = new AbortController();
    handled.add(stopping);
    const stopKeeping = keepLease(lease, message, (reason) => stopping.abort(new Error(reason)));
    // Whoever has taken it over ends it; what was done here was refused.
    const end = async () => {
      if ((await endJob(db, lease)) && message) await queue.remove(message);
    };
    try {
      await handle({
        sampleId: lease.sampleId,
        retries: lease.attempts - 1,
        isLastAttempt: receives >= queue.maxReceiveCount,
        redriven: lease.redriven,
        traceparent: lease.traceparent,
        signal: stopping.signal,
      } satisfies Job);
      return end;
    } catch (error) {
      if (error instanceof PermanentFailure) {
        return async () => {
          await queue.bury({ Body: messageOf(lease.sampleId) }, error.message);
          await end();
        };
      }
      return async () => {
        await releaseLease(db, lease);
        if (message) await queue.hide(message, closing.signal.aborted ? 0 : retryAfterS(receives));
      };
    } finally {
      stopKeeping();
      handled.delete(stopping);
    }
  };

  /**
   * Extends the lease, and hides the message as long. The lease decides: while the queue is away, a job goes on.
   * @param onLost called when another worker may have the job
   */
  const keepLease = (lease: Lease, message: Message | undefined, onLost: (reason: string) => void) => {
    const leaseMs = leaseS * 1000;
    // Not the clock of the machine, which may be set.
    let goodUntil = performance.now() + leaseMs;
    const extend = async () => {
      const begunAt = performance.now();
      if (!(await extendLease(db, lease, leaseS))) return onLost('another worker has taken the job over');
      goodUntil = begunAt + leaseMs;
      if (message) await queue.hide(message, leaseS);
    };
    const beat = setInterval(() => {
      if (performance.now() > goodUntil) onLost('the lease has run out');
      extend().catch((error) => log.warn({ err: error, jobId: lease.sampleId }, 'lease not extended'));
    }, leaseMs / 3);
    return () => clearInterval(beat);
  };

  /** Receives as many messages at once as seats are free, and none ahead: each receipt counts as an attempt. */
  const receive = (handle: JobHandler, seats: number): void => {
    let failures = 0;
    let free = seats;
    let seatFreed = () => {};
    const occupySeat = async (begin: () => Promise<() => Promise<void>>) => {
      free--;
      const settle = await begin().finally(() => {
        free++;
        seatFreed();
      });
      await settle();
    };
    const start = (begin: () => Promise<() => Promise<void>>) => {
      const outcome = occupySeat(begin).catch((error) =>
        log.warn({ err: error }, 'a job could not be settled; it will come again'),
      );
      running.add(outcome);
      void outcome.finally(() => running.delete(outcome));
    };

    let lookAgainAt = 0;
    /**
     * A job whose worker died comes before those that only wait, whose messages may stand before its own.
     * @returns whether there was one
     */
    const startInterrupted = async (): Promise<boolean> => {
      if (performance.now() < lookAgainAt) return false;
      const lease = await takeInterrupted(db, leaseS, MOST_RETRIES).catch((error) =>
        log.warn({ err: error }, 'interrupted jobs could not be looked for'),
      );
      if (!lease) {
        lookAgainAt = performance.now() + LOOK_FOR_INTERRUPTED_EVERY_MS;
        return false;
      }
      if (closing.signal.aborted) await releaseLease(db, lease).catch(() => {});
      else start(() => runJob(lease, handle));
      return true;
    };
    const makeReady = async () => {
      do {
        while (free === 0) {
          await new Promise<void>((resolve) => {
            seatFreed = resolve;
          });
        }
      } while (!closing.signal.aborted && (await startInterrupted()));
      receiving.updateOption('batchSize', Math.min(free, MOST_IN_A_BATCH));
    };
    let isReady = false;
    const receiving = Consumer.create({
      sqs: queue.client,
      queueUrl: queue.queueUrl,
      // Until it is known how many seats interrupted jobs take.
      batchSize: 1,
      waitTimeSeconds: POLL_S,
      visibilityTimeout: leaseS,
      messageSystemAttributeNames: ['ApproximateReceiveCount'],
      // Done here, since stopping would abort the consumer's own.
      shouldDeleteMessages: false,
      preReceiveMessageCallback: async () => {
        if (!isReady) await makeReady();
        isReady = true;
        if (failures === 0) return;
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random());
        await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      },
      postReceiveMessageCallback: async () => {
        failures = 0;
      },
      handleMessageBatch: async (messages) => {
        for (const message of messages) start(() => take(message, handle));
        await makeReady();
        return undefined;
      },
    });
    receiving.on('error', (error) => {
      if (closing.signal.aborted) return;
      failures++;
      log.warn({ err: error }, 'the job queue has trouble');
    });
    receiving.start();
    consumer = receiving;
  };

  return {
    enqueue: async (tx, sampleIds) => {
      if (sampleIds.length === 0) return;
      await addToOutbox(tx, sampleIds, { traceparent: currentTraceparent() });
      relay.expect(sampleIds.length);
    },
    work: async (handle, { concurrency }) => {
      receive(handle, concurrency);
    },
    findWithJob: (sampleIds) => findOpenJobs(db, sampleIds),
    stats: () => countJobs(db),
    countDeadLetters: () => queue.countDeadLetters(),
    check: () => queue.check(),
    redriveDeadLetters: async () => {
      let redriven = 0;
      // All are taken first: those that fail again meanwhile would be met a second time.
      for (const message of await queue.takeDeadLetters(MOST_REDRIVEN)) {
        const sampleId = sampleOf(message);
        // What names no sample would only come back.
        if (sampleId === undefined) continue;
        await addToOutbox(db, [sampleId], { redriven: true });
        await queue.removeDeadLetter(message);
        redriven++;
      }
      relay.expect(redriven);
      return redriven;
    },
    close: async ({ drainMs } = { drainMs: 1000 }) => {
      closing.abort();
      consumer?.stop({ abort: true });
      await Promise.all([relay.close(), tidying?.close()]);
      const drained = Promise.allSettled(running);
      await Promise.race([drained, delay(drainMs, undefined, { ref: false })]);
      for (const stopping of handled) stopping.abort(new Error('the worker has to stop'));
      // Handlers whose signal was just aborted still have to put their samples back.
      await drained;
      queue.client.destroy();
    },
  };
}

function sampleOf({ Body }: Message): string | undefined {
  try {
    return Payload.parse(JSON.parse(Body ?? '')).sampleId;
  } catch {
    return undefined;
  }
}

/** Longer after each attempt. */
function retryAfterS(receives: number): number {
  return Math.min(2 ** (receives - 1), LONGEST_RETRY_S);
}
