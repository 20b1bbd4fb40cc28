import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

/** The queue of a running system, seen and filled behind its back. */
export interface MessageQueue {
  /** Adds messages as they are, whatever they say; a text is no JSON, where the queue can hold such. */
  send(bodies: readonly (object | string)[]): Promise<void>;
  /** Messages that nobody has done with. */
  countOpen(): Promise<number>;
  countDeadLetters(): Promise<number>;
  /** Samples that have more than one job which has not ended. */
  countDoubled(): Promise<number>;
  close(): Promise<void>;
}

const QUEUE = 'process-sample';
const DEAD_LETTERS = 'process-sample-dead';
const MOST_IN_A_BATCH = 10;

export async function openPostgresMessages(databaseUri: string): Promise<MessageQueue> {
  const boss = new PgBoss({ connectionString: databaseUri, supervise: false, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  const count = async (text: string, values: unknown[]) =>
    Number((await boss.getDb().executeSql(text, values)).rows[0].count);
  return {
    // The queue itself takes one job a sample; these are told apart, as a queue would that delivers twice.
    send: async (bodies) => {
      const jobs = bodies
        .filter((body) => typeof body === 'object')
        .map((data) => ({ data, singletonKey: randomUUID() }));
      await boss.insert(QUEUE, jobs);
    },
    countOpen: () =>
      count(`select count(*) from pgboss.job where name = $1 and state < 'completed'`, [QUEUE]),
    countDeadLetters: () => count('select count(*) from pgboss.job where name = $1', [DEAD_LETTERS]),
    countDoubled: () =>
      count(
        `select count(*) from (select from pgboss.job where name = $1 and state < 'completed'
                               group by data->>'sampleId', singleton_key having count(*) > 1) as doubled`,
        [QUEUE],
      ),
    close: () => boss.stop({ graceful: false }),
  };
}

interface SqsPlace {
  sqs: SQSClient;
  url: string;
  deadLetterUrl: string;
  databaseUri: string;
}

export async function openSqsMessages(place: SqsPlace): Promise<MessageQueue> {
  const { sqs, url, deadLetterUrl, databaseUri } = place;
  const pool = new pg.Pool({ connectionString: databaseUri, max: 1 });
  pool.on('error', () => {});
  const countIn = async (QueueUrl: string) => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
  };
  return {
    send: async (bodies) => {
      const entries = bodies.map((body, at) => ({
        Id: String(at),
        MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      }));
      for (let at = 0; at < entries.length; at += MOST_IN_A_BATCH) {
        const Entries = entries.slice(at, at + MOST_IN_A_BATCH);
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      }
    },
    countOpen: async () => {
      const { rows } = await pool.query('select count(*)::int from outbox where ended_at is null');
      return rows[0].count + (await countIn(url));
    },
    countDeadLetters: () => countIn(deadLetterUrl),
    // Its primary key is the sample.
    countDoubled: async () => 0,
    close: () => pool.end(),
  };
}
