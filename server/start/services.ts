import { Readable } from 'node:stream';
import type { Config } from '../config.ts';
import { OperatorError } from '../operator-error.ts';
import { isRefusal, NoDeadLetterQueue } from '../platform/aws.ts';
import type { Objects } from '../platform/objects.ts';
import { type Patience, whenReachable } from './patience.ts';

const PROBE_KEY = 'check/start';

/**
 * Writes and removes a small object in the bucket.
 * @throws OperatorError when that does not work
 */
export async function checkBucket(
  objects: Objects,
  { bucket, endpointUrl, region }: NonNullable<Config['s3']>,
  patience: Patience,
): Promise<void> {
  const probe = async () => {
    await objects.check();
    await objects.put(PROBE_KEY, Readable.from([Buffer.from('ready')]), { maxBytes: 5 });
    await objects.remove(PROBE_KEY);
  };
  const where = endpointUrl ? `at ${new URL(endpointUrl).host}` : `in ${region}`;
  const explain = explainFor({
    refused: `The bucket ${bucket} ${where} refuses us`,
    unreachable: `The bucket ${bucket} ${where} cannot be reached`,
    remedy:
      'Check S3_BUCKET_NAME, AWS_REGION, AWS_ENDPOINT_URL and the keys, which must be allowed to list, read, write and delete objects.',
  });
  await whenReachable('objects', probe, explain, patience);
}

/**
 * Opens the queue of the jobs.
 * @throws OperatorError when that does not work, or dead letters have nowhere to go
 */
export async function queueWhenReachable<T>(
  open: () => Promise<T>,
  { queueUrl }: NonNullable<Config['sqs']>,
  patience: Patience,
): Promise<T> {
  const explain = explainFor({
    refused: `The queue ${queueUrl} refuses us`,
    unreachable: `The queue ${queueUrl} cannot be reached`,
    remedy:
      'Check SQS_QUEUE_URL, AWS_REGION, AWS_ENDPOINT_URL and the keys, which must be allowed to send, receive, delete and hide messages and to read attributes, of its dead-letter queue too.',
  });
  return whenReachable('queue', open, explain, patience);
}

/** An answer may say that it will never work: then it throws. */
function explainFor({
  refused,
  unreachable,
  remedy,
}: {
  refused: string;
  unreachable: string;
  remedy: string;
}) {
  return (cause: unknown): OperatorError => {
    if (cause instanceof NoDeadLetterQueue) throw new OperatorError(cause.message, { cause });
    const reason = reasonOf(cause);
    if (isRefusal(cause)) throw new OperatorError(`${refused} (${reason}). ${remedy}`, { cause });
    return new OperatorError(`${unreachable} (${reason}). ${remedy}`, { cause });
  };
}

/** The innermost error's code or name: SDK and adapters wrap it in sentences of their own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && error.code ? String(error.code) : error.name;
}
