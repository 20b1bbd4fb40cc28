import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
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

/** The variables that say so. */
export function variablesOf(bucket: string): Record<string, string> {
  const { region, endpointUrl, credentials } = testAws();
  return {
    S3_BUCKET_NAME: bucket,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl!,
    AWS_ACCESS_KEY_ID: credentials!.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials!.secretAccessKey,
  };
}
