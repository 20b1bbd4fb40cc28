import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';

export type BackendName = 'local' | 's3-sqs';

export interface Backend {
  /** Variables that choose it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const REGION = 'eu-central-1';
const KEYS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const MAX_RECEIVES = 6;

/** @throws RangeError unless --backend is absent, local or s3-sqs */
export function backendFromArguments(args: readonly string[]): BackendName {
  const at = args.indexOf('--backend');
  const name = at < 0 ? 'local' : args[at + 1];
  if (name !== 'local' && name !== 's3-sqs') throw new RangeError('--backend is local or s3-sqs');
  return name;
}

/** Files and the queue in PostgreSQL, or an S3 and SQS of this process's own, in memory. */
export async function startBackend(name: BackendName): Promise<Backend> {
  if (name === 'local') return { env: {}, stop: async () => {} };
  const { startFauxqs } = await import('fauxqs');
  const server = await startFauxqs({ port: 0, logger: false });
  const aws = { region: REGION, endpoint: server.address, credentials: KEYS };
  const s3 = new S3Client({ ...aws, forcePathStyle: true });
  const sqs = new SQSClient(aws);
  await s3.send(new CreateBucketCommand({ Bucket: 'bench' }));
  const queueUrl = await createQueue(sqs);
  return {
    env: {
      S3_BUCKET_NAME: 'bench',
      SQS_QUEUE_URL: queueUrl,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: server.address,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    stop: async () => {
      s3.destroy();
      sqs.destroy();
      await server.stop();
    },
  };
}

async function createQueue(sqs: SQSClient): Promise<string> {
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: 'bench-dead' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: Attributes?.QueueArn,
    maxReceiveCount: MAX_RECEIVES,
  });
  const queue = await sqs.send(new CreateQueueCommand({ QueueName: 'bench', Attributes: { RedrivePolicy } }));
  return queue.QueueUrl!;
}
