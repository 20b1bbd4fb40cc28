import path from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Objects } from '../server/platform/objects.ts';
import { openFileObjects } from '../server/platform/objects-files.ts';
import { openS3Objects } from '../server/platform/objects-s3.ts';
import { type AwsProxy, startAwsProxy } from './aws-proxy.ts';
import { type MessageQueue, openPostgresMessages, openSqsMessages } from './message-queue.ts';

export type BackendName = 'local' | 's3-sqs';

/** Where images and jobs are. */
export interface Backend {
  /** Variables that choose it. */
  env: Record<string, string>;
  /** Not through the proxy. */
  openObjects(dataFolder: string): Promise<Objects>;
  openMessages(databaseUri: string): Promise<MessageQueue>;
  /** Between the processes and S3 with SQS, where that was asked for. */
  awsProxy: AwsProxy | undefined;
  stop(): Promise<void>;
}

const REGION = 'eu-central-1';
const KEYS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const BUCKET = 'bench';
const MAX_RECEIVES = 6;

export function asBackendName(name: string | undefined): BackendName {
  if (name === undefined) return 'local';
  if (name !== 'local' && name !== 's3-sqs') throw new RangeError('--backend is local or s3-sqs');
  return name;
}

/**
 * Files and the queue in PostgreSQL, or an S3 and SQS of this process's own, in memory.
 * @param behindProxy so that they can fail
 */
export async function startBackend(
  name: BackendName,
  { behindProxy = false }: { behindProxy?: boolean } = {},
): Promise<Backend> {
  if (name === 'local') {
    return {
      env: {},
      openObjects: (dataFolder) => openFileObjects(path.join(dataFolder, 'objects')),
      openMessages: openPostgresMessages,
      awsProxy: undefined,
      stop: async () => {},
    };
  }
  const { startFauxqs } = await import('fauxqs');
  const server = await startFauxqs({ port: 0, logger: false });
  const awsProxy = behindProxy ? await startAwsProxy(server.address) : undefined;
  const aws = { region: REGION, endpoint: server.address, credentials: KEYS };
  const s3 = new S3Client({ ...aws, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
  const sqs = new SQSClient(aws);
  const queue = await createQueue(sqs);
  const credentials = { ...KEYS, sessionToken: undefined };
  const direct = { region: REGION, endpointUrl: server.address, credentials };
  return {
    env: {
      S3_BUCKET_NAME: BUCKET,
      SQS_QUEUE_URL: queue.url,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: awsProxy?.url ?? server.address,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    openObjects: async () => openS3Objects({ ...direct, bucket: BUCKET, publicEndpointUrl: undefined }),
    openMessages: (databaseUri) => openSqsMessages({ sqs, ...queue, databaseUri }),
    awsProxy,
    stop: async () => {
      sqs.destroy();
      await awsProxy?.close();
      await server.stop();
    },
  };
}

async function createQueue(sqs: SQSClient): Promise<{ url: string; deadLetterUrl: string }> {
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: 'bench-dead' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: Attributes?.QueueArn,
    maxReceiveCount: MAX_RECEIVES,
  });
  const queue = await sqs.send(new CreateQueueCommand({ QueueName: 'bench', Attributes: { RedrivePolicy } }));
  return { url: queue.QueueUrl!, deadLetterUrl: dead.QueueUrl! };
}
