import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import type { AwsSettings } from '../platform/aws.ts';

export function testAws(): AwsSettings {
  return {
    region: 'eu-central-1',
    endpointUrl: inject('awsEndpoint'),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test', sessionToken: undefined },
  };
}

/** A bucket of a test's own. */
export async function createTestBucket(): Promise<{ bucket: string; client: S3Client }> {
  const { endpointUrl, ...aws } = testAws();
  const client = new S3Client({ ...aws, endpoint: endpointUrl, forcePathStyle: true });
  const bucket = `test-${randomBytes(6).toString('hex')}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { bucket, client };
}

/** A queue of a test's own, with its dead-letter queue. */
export async function createTestQueue({ maxReceiveCount = 6 } = {}) {
  const { endpointUrl, ...aws } = testAws();
  const client = new SQSClient({ ...aws, endpoint: endpointUrl });
  const name = `test-${randomBytes(6).toString('hex')}`;
  const dead = await client.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes!.QueueArn, maxReceiveCount });
  const queue = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { RedrivePolicy } }));
  return { client, queueUrl: queue.QueueUrl!, deadLetterUrl: dead.QueueUrl! };
}

/** The variables that choose them. */
export function variablesOf({
  bucket,
  queueUrl,
}: {
  bucket: string;
  queueUrl?: string;
}): Record<string, string> {
  const { region, endpointUrl, credentials } = testAws();
  return {
    S3_BUCKET_NAME: bucket,
    ...(queueUrl ? { SQS_QUEUE_URL: queueUrl } : {}),
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl!,
    AWS_ACCESS_KEY_ID: credentials!.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials!.secretAccessKey,
  };
}
