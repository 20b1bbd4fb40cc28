import { insertActivity } from '../activity/queries.ts';
import type { Database } from '../db/client.ts';
import type { Logger } from '../platform/log.ts';
import { ObjectError, type Objects } from '../platform/objects.ts';
import { noteVerified, type StoredSample } from './verification-queries.ts';

const NOBODY = { id: null, address: null, requestId: null };

interface Dependencies {
  database: Database;
  objects: Objects;
  log?: Logger;
}

/**
 * Reads a sample's original again, compares it with its hash, and looks whether what was made from it is there.
 * A change of what is found goes to the activity log.
 * @returns what is wrong, such as `original corrupt`; null when nothing is
 * @throws ObjectError and others while the store cannot be asked: then nothing is noted
 */
export async function verifySample(
  { database, objects, log }: Dependencies,
  sample: StoredSample,
): Promise<string | null> {
  const damage = await findDamage(objects, sample);
  await database.db.transaction(async (tx) => {
    await noteVerified(tx, sample.id, damage);
    if (damage === sample.damage) return;
    await insertActivity(tx, NOBODY, {
      activityType: damage === null ? 'sample.mended' : 'sample.damaged',
      description:
        damage === null ? 'Found a damaged image whole again' : `Found an image damaged: ${damage}`,
      entityType: 'sample',
      entityId: sample.id,
      metadata: { damage, before: sample.damage },
    });
  });
  if (damage !== null) log?.error({ jobId: sample.id, damage }, 'a stored image is damaged');
  return damage;
}

async function findDamage(
  objects: Objects,
  { s3Key, sha256, displayKey, thumbnailKey, tilesKey }: StoredSample,
): Promise<string | null> {
  try {
    const { stream } = await objects.get(s3Key, { sha256 });
    for await (const _ of stream);
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error;
    if (error.code === 'not_found') return 'original missing';
    if (error.code === 'corrupt') return 'original corrupt';
    throw error;
  }
  if (displayKey !== null && !(await objects.head(displayKey))) return 'display missing';
  if (thumbnailKey !== null && !(await objects.head(thumbnailKey))) return 'thumbnail missing';
  if (tilesKey !== null && !(await objects.head(tilesKey))) return 'tiles missing';
  return null;
}
