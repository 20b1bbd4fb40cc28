import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';

const REAL_FIELDS = path.resolve(import.meta.dirname, '../../shared/data/bal-fields/images');

/** Paths of real lavage fields where the measuring data is at hand, else of drawn ones. */
export async function fieldImages(count: number): Promise<string[]> {
  if (existsSync(REAL_FIELDS)) {
    return readdirSync(REAL_FIELDS)
      .sort()
      .slice(0, count)
      .map((name) => path.join(REAL_FIELDS, name));
  }
  process.stderr.write('\n*** No real fields beside the project: the journey uses drawn ones. ***\n\n');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'balscope-fields-'));
  return Promise.all(
    Array.from({ length: count }, (_, at) => drawField(path.join(folder, `field_${at + 1}.png`), at + 1)),
  );
}

async function drawField(file: string, seed: number): Promise<string> {
  const counts = { 'WBC-Macrophage': 14, 'WBC-Lymphocyte': 8, 'WBC-Neutrophil': 2 };
  const { data, width, height } = synthesizeField({ seed, width: 500, height: 500, counts }).image;
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}
