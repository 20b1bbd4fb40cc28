import type { Db } from '../db/client.ts';

/** One sample to be processed, as the queue hands it out. */
export interface Job {
  sampleId: string;
  /** How often it was handed out before. */
  retries: number;
  /** The queue will not hand it out again by itself. */
  isLastAttempt: boolean;
  /** It was given up before, and somebody wants it tried once more. */
  redriven?: boolean;
  /** Of the request that added it, where requests are traced. */
  traceparent?: string;
  /** Aborted when another worker may have taken the job, or this one has to stop. */
  signal: AbortSignal;
}

export const MOST_REDRIVEN = 10_000;
/** Of one job. With pauses of seconds they last longer than an object store is away for a minute. */
export const MOST_RETRIES = 40;

/** Return means done, throwing means again later. */
export type JobHandler = (job: Job) => Promise<void>;

/** Thrown by a handler: trying again would end the same way. */
export class PermanentFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PermanentFailure';
  }
}

export interface JobStats {
  waiting: number;
  active: number;
  oldestWaitingS: number | null;
}

/** The queue does not answer. */
export class QueueUnavailable extends Error {
  constructor(cause: unknown) {
    super('The queue of the jobs does not answer', { cause });
    this.name = 'QueueUnavailable';
  }
}

/** A job that was given up. */
export interface DeadLetter {
  /** Undefined when the job named no sample. */
  sampleId: string | undefined;
  /** In a sentence, where the queue keeps one. */
  reason: string | undefined;
  at: Date;
}

/** The queue of samples to process. A sample has at most one job that waits or runs. */
export interface Jobs {
  /** Adds jobs in the transaction that makes or changes the samples, so that neither exists without the other. */
  enqueue(tx: Db, sampleIds: readonly string[]): Promise<void>;
  /** Hands jobs to `handle` until the queue is closed. */
  work(handle: JobHandler, options: { concurrency: number }): Promise<void>;
  /** Those of the samples that have a job which waits or runs. */
  findWithJob(sampleIds: readonly string[]): Promise<Set<string>>;
  /** As the database knows them, also while a queue outside of it is away. */
  stats(): Promise<JobStats>;
  /** Given up; kept for whoever looks into it. @throws QueueUnavailable */
  countDeadLetters(): Promise<number>;
  /** Resolves when the queue answers now. */
  check(): Promise<void>;
  /** The newest first. Absent where letters cannot be read without taking them. */
  listDeadLetters?(limit: number): Promise<DeadLetter[]>;
  /** Puts up to MOST_REDRIVEN given-up jobs back among the waiting, and has samples that `failed` tried again. @returns how many @throws QueueUnavailable */
  redriveDeadLetters(): Promise<number>;
  /** Waits for running handlers, at most so long; then aborts their signals and gives their jobs back. */
  close(options?: { drainMs: number }): Promise<void>;
}
