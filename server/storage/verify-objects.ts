import type { Objects } from '../platform/objects.ts';
import type { System } from './back-up.ts';
import { findOriginals, listStored } from './verification-queries.ts';
import { verifySample } from './verify-sample.ts';

const SAMPLES_AT_ONCE = 100;
const KEYS_AT_ONCE = 500;
/** Before its row is there, an upload is not an orphan. */
const UPLOADING_FOR_MS = 3600_000;

export interface Finding {
  key: string;
  /** `original corrupt`, `thumbnail missing`, … or `orphaned`: no sample owns it. */
  finding: string;
}

/** Compares every sample's images now, and looks for objects that no sample owns; removes nothing. */
export async function verifyObjects(
  { database, objects, say }: System,
  report: (finding: Finding) => void,
): Promise<{ samples: number; findings: number }> {
  let findings = 0;
  const found = (finding: Finding) => {
    findings++;
    report(finding);
  };
  let samples = 0;
  let after: string | undefined;
  for (;;) {
    const page = await listStored(database.db, after, SAMPLES_AT_ONCE);
    for (const sample of page) {
      const damage = await verifySample({ database, objects }, sample);
      if (damage !== null) found({ key: sample.s3Key, finding: damage });
    }
    samples += page.length;
    if (page.length > 0) say(`  ${samples} images`);
    if (page.length < SAMPLES_AT_ONCE) break;
    after = page.at(-1)!.id;
  }
  for await (const keys of batchesOf(objects.list(''))) {
    const known = await findOriginals(database.db, [...new Set(keys.map(originalOf))]);
    for (const key of keys.filter((one) => !known.has(originalOf(one)))) {
      if (await isOld(objects, key)) found({ key, finding: 'orphaned' });
    }
  }
  return { samples, findings };
}

async function isOld(objects: Objects, key: string): Promise<boolean> {
  const stored = await objects.head(key);
  return stored !== undefined && stored.storedAt.getTime() < Date.now() - UPLOADING_FOR_MS;
}

async function* batchesOf(keys: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const key of keys) {
    batch.push(key);
    if (batch.length < KEYS_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The original that an object was made from, or is. */
function originalOf(key: string): string {
  return `${key.slice(0, key.lastIndexOf('/'))}/original`;
}
