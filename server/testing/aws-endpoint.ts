import { startFauxqs } from 'fauxqs';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a service that speaks like S3 and SQS, for all test files. */
    awsEndpoint: string;
  }
}

/** vitest's global setup: one throw-away S3 and SQS for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startFauxqs({ port: 0, logger: false });
  project.provide('awsEndpoint', server.address);
  return () => server.stop();
}
