import { caseConverter } from '../../contract/casing.ts';
import { type settingsRoutes, VersionedSettings } from '../../contract/settings.ts';
import type { LaboratorySettings } from '../../core/laboratory-settings.ts';
import { settingsFaults } from '../../core/settings-faults.ts';
import type { Caller } from '../auth/caller.ts';
import { laboratoryExists } from '../auth/workplace-queries.ts';
import type { Db } from '../db/client.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError, validationFailed } from '../errors.ts';
import type { Handlers } from '../http/mount.ts';
import { addSettings } from './add-settings.ts';
import { findLaboratoryOf, findSettings } from './settings-queries.ts';

const toWire = caseConverter(VersionedSettings, 'snake');
const ACT = { activityType: 'laboratory.settings', description: "Changed a laboratory's settings" };

export function laboratoryHandlers({
  database: { db },
}: Pick<AppDependencies, 'database'>): Handlers<keyof typeof settingsRoutes> {
  return {
    getSettings: async ({ caller, query }) => {
      const laboratoryId = await getLaboratory(db, caller, query.laboratoryId);
      return answer(laboratoryId, await findSettings(db, laboratoryId));
    },

    replaceSettings: ({ caller, query, body, ifMatch }) =>
      db.transaction(async (tx) => {
        const laboratoryId = await getLaboratory(tx, caller, query.laboratoryId);
        const added = await addSettings(tx, { caller, laboratoryId }, ACT, (latest) => {
          if (latest.version !== ifMatch) {
            throw new AppError('stale_version', undefined, { current: toWire(answer(laboratoryId, latest)) });
          }
          check(body);
          return body;
        });
        return answer(laboratoryId, added);
      }),
  };
}

async function getLaboratory(db: Db, caller: Caller, asked: string | undefined): Promise<string> {
  const id = asked ?? (await findLaboratoryOf(db, caller));
  if (id && (await laboratoryExists(db, id))) return id;
  throw new AppError('not_found', 'There is no such laboratory.');
}

function check(settings: LaboratorySettings): void {
  const faults = settingsFaults(settings);
  if (faults.length === 0) return;
  throw validationFailed(
    faults.map(({ path, message }) => ({ path: path.map(wireName).join('.'), message })),
  );
}

const wireName = (part: string | number) =>
  String(part).replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

function answer(
  id: string,
  { laboratory: name, settings, ...version }: Awaited<ReturnType<typeof findSettings>>,
) {
  return {
    ...version,
    laboratory: { id, name },
    settings: structuredClone(settings) as Mutable<LaboratorySettings>,
  };
}

/** The lists of the contract may be changed, those of the settings may not. */
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
