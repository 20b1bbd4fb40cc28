import type { LaboratorySettings } from '../../core/laboratory-settings.ts';
import { type Activity, insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { findSettings, insertSettings, lockLaboratory } from './settings-queries.ts';

type Latest = Awaited<ReturnType<typeof findSettings>>;

/**
 * Versions of settings never change: a new one follows the latest.
 * @param change makes it from the latest, or refuses
 */
export async function addSettings(
  tx: Db,
  { caller, laboratoryId }: { caller: Caller; laboratoryId: string },
  act: Pick<Activity, 'activityType' | 'description' | 'metadata'>,
  change: (latest: Latest) => LaboratorySettings,
): Promise<Latest> {
  await lockLaboratory(tx, laboratoryId);
  const latest = await findSettings(tx, laboratoryId);
  const settings = change(latest);
  const version = latest.version + 1;
  await insertSettings(tx, { laboratoryId, version, settings, createdBy: caller.id });
  await insertActivity(tx, caller, {
    ...act,
    entityType: 'laboratory',
    entityId: laboratoryId,
    metadata: { ...act.metadata, version },
  });
  return findSettings(tx, laboratoryId, version);
}
