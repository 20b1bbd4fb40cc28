import { createTestBucket, createTestQueue, variablesOf } from './aws.ts';

/** Variables that choose where images and jobs are, by BALSCOPE_TEST_BACKEND: `local` (the default) or `s3-sqs`. */
export async function createTestServices(): Promise<Record<string, string>> {
  const backend = process.env.BALSCOPE_TEST_BACKEND ?? 'local';
  if (backend === 'local') return {};
  if (backend !== 's3-sqs') throw new Error(`BALSCOPE_TEST_BACKEND=${backend}: give local or s3-sqs`);
  const { bucket } = await createTestBucket();
  const { queueUrl } = await createTestQueue();
  return variablesOf({ bucket, queueUrl });
}
