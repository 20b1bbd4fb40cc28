import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { OperatorError } from '../operator-error.ts';
import { isRefusal, NoDeadLetterQueue } from '../platform/aws.ts';
import type { Objects } from '../platform/objects.ts';

const PATIENCE_MS = 30_000;
const RETRY_MS = 1000;
const PROBE_KEY = 'check/start';

/**
 * Writes and removes a small object in the bucket; a service that is itself just starting gets half a minute.
 * @throws OperatorError when that does not work
 */
export async function checkBucket(
  objects: Objects,
  { bucket, endpointUrl, region }: NonNullable<Config['s3']>,
  signal: AbortSignal,
  patienceMs?: number,
): Promise<void> {
  const probe = async () => {
    await objects.check();
    await objects.put(PROBE_KEY, Readable.from([Buffer.from('ready')]), { maxBytes: 5 });
    await objects.remove(PROBE_KEY);
  };
  const where = endpointUrl ? `at ${new URL(endpointUrl).host}` : `in ${region}`;
  await whenReachable(
    probe,
    {
      refused: `The bucket ${bucket} ${where} refuses us`,
      unreachable: `The bucket ${bucket} ${where} cannot be reached`,
      remedy:
        'Check S3_BUCKET_NAME, AWS_REGION, AWS_ENDPOINT_URL and the keys, which must be allowed to list, read, write and delete objects.',
    },
    signal,
    patienceMs,
  );
}

/**
 * Opens the queue of the jobs; a service that is itself just starting gets half a minute.
 * @throws OperatorError when that does not work, or dead letters have nowhere to go
 */
export async function queueWhenReachable<T>(
  open: () => Promise<T>,
  { queueUrl }: NonNullable<Config['sqs']>,
  signal: AbortSignal,
  patienceMs?: number,
): Promise<T> {
  return whenReachable(
    open,
    {
      refused: `The queue ${queueUrl} refuses us`,
      unreachable: `The queue ${queueUrl} cannot be reached`,
      remedy:
        'Check SQS_QUEUE_URL, AWS_REGION, AWS_ENDPOINT_URL and the keys, which must be allowed to send, receive, delete and hide messages and to read attributes, of its dead-letter queue too.',
    },
    signal,
    patienceMs,
  );
}

/** Tries until it works, an answer says that it never will, or patience ends. @throws OperatorError */
async function whenReachable<T>(
  probe: () => Promise<T>,
  words: { refused: string; unreachable: string; remedy: string },
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await probe();
    } catch (cause) {
      if (cause instanceof NoDeadLetterQueue) throw new OperatorError(cause.message, { cause });
      const { refused, unreachable, remedy } = words;
      const reason = reasonOf(cause);
      if (isRefusal(cause)) throw new OperatorError(`${refused} (${reason}). ${remedy}`, { cause });
      if (Date.now() > deadline) throw new OperatorError(`${unreachable} (${reason}). ${remedy}`, { cause });
    }
    await delay(RETRY_MS, undefined, { signal });
  }
}

/** The innermost error's code or name: SDK and adapters wrap it in sentences of their own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && error.code ? String(error.code) : error.name;
}
