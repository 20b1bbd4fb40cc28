import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type AwsSettings, awsClientSettings, NoDeadLetterQueue } from './aws.ts';
import { inGroups } from './in-groups.ts';
import { QueueUnavailable } from './jobs.ts';

/** Longer than the longest poll. */
const SILENCE_LIMIT_MS = 30_000;
const PATIENCE_MS = 5000;
const DEAD_LETTER_HIDDEN_S = 300;
const LONGEST_REASON = 1000;
/** The most messages that the queue takes in one request. */
export const MOST_IN_A_BATCH = 10;
/** Nobody waits for a message to go: the row of its job has ended. */
const REMOVED_WITHIN_MS = 200;

const RedrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int() });

export interface SqsSettings extends AwsSettings {
  queueUrl: string;
}

export type SqsQueue = Awaited<ReturnType<typeof openSqsQueue>>;

/** A queue and its dead-letter queue. @throws NoDeadLetterQueue, QueueUnavailable as all its methods do */
export async function openSqsQueue({ queueUrl, ...aws }: SqsSettings) {
  const client = new SQSClient(awsClientSettings(aws, { silenceLimitMs: SILENCE_LIMIT_MS }));
  const send: SQSClient['send'] = (command: never) =>
    client.send(command, { abortSignal: AbortSignal.timeout(PATIENCE_MS) }).catch((cause: unknown) => {
      throw new QueueUnavailable(cause);
    });

  const attributesOf = async (url: string, names: QueueAttributeName[]) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: names });
    return (await send(command)).Attributes ?? {};
  };
  const countMessages = async (url: string, names: QueueAttributeName[]) =>
    Object.values(await attributesOf(url, names)).reduce((sum, count) => sum + Number(count), 0);

  const { RedrivePolicy: policyText } = await attributesOf(queueUrl, ['RedrivePolicy']);
  if (!policyText) throw new NoDeadLetterQueue(queueUrl);
  const { deadLetterTargetArn, maxReceiveCount } = RedrivePolicy.parse(JSON.parse(policyText));
  // It is always in the same account and region.
  const deadLetterUrl = new URL(deadLetterTargetArn.split(':').at(-1)!, queueUrl.replace(/\/*$/, '')).href;

  const removeSome = async (messages: Message[]) => {
    const Entries = messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  };

  return {
    client,
    queueUrl,
    maxReceiveCount,
    /** @returns those of the bodies, by their place, that the queue took */
    sendBatch: async (bodies: readonly string[]): Promise<number[]> => {
      const entries = bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries });
      const { Successful = [], Failed = [] } = await send(command);
      if (Successful.length === 0) throw new Error(`The queue took no message: ${Failed[0]?.Message}`);
      return Successful.map(({ Id }) => Number(Id));
    },
    /** Together with others that go within a moment. One that does not go comes again. */
    remove: inGroups(removeSome, { most: MOST_IN_A_BATCH, lingerMs: REMOVED_WITHIN_MS }),
    /** Nobody else is handed the message for so long from now on. */
    hide: async ({ ReceiptHandle }: Message, forS: number): Promise<void> => {
      const hidden = { QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: forS };
      await send(new ChangeMessageVisibilityCommand(hidden));
    },
    /** Puts a copy among the dead letters, with what is wrong. */
    bury: async ({ Body }: Message, reason: string): Promise<void> => {
      const StringValue = reason.slice(0, LONGEST_REASON);
      await send(
        new SendMessageCommand({
          QueueUrl: deadLetterUrl,
          MessageBody: Body || '(empty)',
          MessageAttributes: { reason: { DataType: 'String', StringValue } },
        }),
      );
    },
    /** Resolves when the queue answers now. */
    check: async (): Promise<void> => void (await attributesOf(queueUrl, ['QueueArn'])),
    countDeadLetters: () => countMessages(deadLetterUrl, ['ApproximateNumberOfMessages']),
    /** Nothing waits, is delayed or is with a worker, as far as the queue knows. */
    isEmpty: async (): Promise<boolean> =>
      (await countMessages(queueUrl, [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ])) === 0,
    /** All dead letters, at most so many; they are hidden for a while, and stay unless they are removed. */
    takeDeadLetters: async (most: number): Promise<Message[]> => {
      const command = new ReceiveMessageCommand({
        QueueUrl: deadLetterUrl,
        MaxNumberOfMessages: MOST_IN_A_BATCH,
        VisibilityTimeout: DEAD_LETTER_HIDDEN_S,
        WaitTimeSeconds: 1,
      });
      const taken: Message[] = [];
      while (taken.length < most) {
        const { Messages = [] } = await send(command);
        if (Messages.length === 0) break;
        taken.push(...Messages);
      }
      return taken;
    },
    removeDeadLetter: async ({ ReceiptHandle }: Message): Promise<void> => {
      await send(new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle }));
    },
  };
}
