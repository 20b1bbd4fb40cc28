import { afterAll, beforeAll, expect, test } from 'vitest';
import { fieldImage } from '../testing/image-files.ts';
import { type ImageJobs, openImageJobs } from './image-jobs.ts';

let imageJobs: ImageJobs;
beforeAll(() => {
  imageJobs = openImageJobs({ decodedPixels: 1e8, tiledPixels: 1e10, jobMemoryBytes: 2 ** 30 });
});
afterAll(() => imageJobs.close());

test('sources that are asked for are held one at a time, and those at hand do not wait for them', async () => {
  const bytes = await fieldImage('png');
  const held = Promise.withResolvers<void>();
  const asked: number[] = [];
  const source = (at: number) => async () => {
    asked.push(at);
    if (at === 0) await held.promise;
    if (at === 1) throw new Error('cannot be read');
    return { bytes };
  };
  const checks = Promise.allSettled([0, 1, 2].map((at) => imageJobs.check(source(at))));
  await expect(imageJobs.check({ bytes })).resolves.toMatchObject({ format: 'png' });
  expect(asked).toEqual([0]);
  held.resolve();
  expect((await checks).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
