import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { backUpSystem, verifyObjectsOfSystem } from './open-system.ts';
import { variablesOf } from './testing/aws.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

const silently = () => {};
const backup = path.join(folder, 'backup');

test.each([
  ['a backup', (env: NodeJS.ProcessEnv) => backUpSystem(env, backup, silently)],
  ['a comparison', (env: NodeJS.ProcessEnv) => verifyObjectsOfSystem(env, silently, silently)],
])('%s from a bucket that is not there ends before it begins, and says what to check', async (_, run) => {
  const env = { DATA_DIR: path.join(folder, 'data'), ...variablesOf({ bucket: 'no-such-bucket' }) };
  await expect(run(env)).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringMatching(/^The bucket no-such-bucket at .* refuses us .* Check S3_BUCKET_NAME/),
  });
  expect(existsSync(backup)).toBe(false);
});
