import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { findLaboratoryOf, findSettings } from '../laboratories/settings-queries.ts';
import { findLavage, findOwnReading } from './reading-queries.ts';

/** The settings that the caller's reading of a lavage uses or would use; without a lavage, their laboratory's latest. */
export async function getLaboratorySettings(db: Db, caller: Caller, lavageId?: string) {
  const { laboratoryId, version } = await versionInUse(db, caller, lavageId);
  const { settings, createdAt, ...found } = await findSettings(db, laboratoryId, version);
  return {
    version: found.version,
    laboratory: found.laboratory,
    locale: settings.locale,
    countTarget: settings.countTarget,
    twoEdgeRule: settings.twoEdgeRule,
    cellTypes: [...settings.cellTypes],
    diagnoses: [...settings.diagnoses],
    effectiveFrom: createdAt.slice(0, 'yyyy-mm-dd'.length),
  };
}

async function versionInUse(db: Db, caller: Caller, lavageId: string | undefined) {
  if (lavageId === undefined) {
    const laboratoryId = await findLaboratoryOf(db, caller);
    if (!laboratoryId) throw new AppError('not_found', 'There is no laboratory yet.');
    return { laboratoryId, version: undefined };
  }
  const lavage = await findLavage(db, caller, lavageId);
  if (!lavage) throw new AppError('not_found', 'There is no such lavage.');
  const reading = await findOwnReading(db, lavage.id, caller.id);
  return {
    laboratoryId: reading?.laboratoryId ?? lavage.laboratoryId,
    version: reading?.settingsVersion,
  };
}
