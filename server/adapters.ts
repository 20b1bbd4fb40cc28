import path from 'node:path';
import type { GivenConfig } from './config.ts';
import type { Objects } from './platform/objects.ts';
import { openFileObjects } from './platform/objects-files.ts';
import { openS3Objects } from './platform/objects-s3.ts';

/** Where the configuration wants the images to be. */
export async function openObjects({
  s3,
  dataFolder,
}: Pick<GivenConfig, 's3' | 'dataFolder'>): Promise<Objects> {
  return s3 ? openS3Objects(s3) : openFileObjects(path.join(dataFolder, 'objects'));
}
