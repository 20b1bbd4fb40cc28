import { parseDetectionParameters } from '../../core/detection/parameters.ts';
import type { DetectionPreset, LaboratorySettings } from '../../core/laboratory-settings.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { addSettings } from '../laboratories/add-settings.ts';
import { findSettings } from '../laboratories/settings-queries.ts';
import { findLaboratoryOfLavage } from './queries.ts';

const MOST_PRESETS = 50;

/** @throws AppError not_found */
export async function listPresets(db: Db, caller: Caller, lavageId: string) {
  return describe(await findSettings(db, await laboratoryOf(db, caller, lavageId)));
}

/** @throws AppError not_found, validation_failed, conflict when there are too many */
export async function savePreset(
  { db }: Database,
  caller: Caller,
  lavageId: string,
  preset: DetectionPreset,
) {
  checkParameters(preset);
  return changeSettings(db, { caller, lavageId, act: 'save', name: preset.name }, (settings) => {
    const others = (settings.detectionPresets ?? []).filter(({ name }) => name !== preset.name);
    if (others.length >= MOST_PRESETS) {
      throw new AppError('conflict', `A laboratory has at most ${MOST_PRESETS} presets. Remove one first.`);
    }
    const detectionPresets = [...others, preset].sort((a, b) => a.name.localeCompare(b.name));
    return { ...settings, detectionPresets };
  });
}

/** @throws AppError not_found */
export async function removePreset({ db }: Database, caller: Caller, lavageId: string, name: string) {
  return changeSettings(db, { caller, lavageId, act: 'remove', name }, (settings) => {
    const { detectionPresets = [] } = settings;
    const others = detectionPresets.filter((preset) => preset.name !== name);
    if (others.length === detectionPresets.length) {
      throw new AppError('not_found', 'There is no preset of this name.');
    }
    return { ...settings, detectionPresets: others };
  });
}

interface SettingsChange {
  caller: Caller;
  lavageId: string;
  act: 'save' | 'remove';
  /** Of the preset. */
  name: string;
}

async function changeSettings(
  db: Db,
  { caller, lavageId, act, name }: SettingsChange,
  change: (settings: LaboratorySettings) => LaboratorySettings,
) {
  return db.transaction(async (tx) => {
    const laboratoryId = await laboratoryOf(tx, caller, lavageId);
    const noted = {
      activityType: `detection-preset.${act}`,
      description: act === 'save' ? 'Saved a detection preset' : 'Removed a detection preset',
      metadata: { name },
    };
    return describe(
      await addSettings(tx, { caller, laboratoryId }, noted, ({ settings }) => change(settings)),
    );
  });
}

async function laboratoryOf(db: Db, caller: Caller, lavageId: string): Promise<string> {
  const laboratoryId = await findLaboratoryOfLavage(db, caller, lavageId);
  if (!laboratoryId) throw new AppError('not_found', 'There is no such lavage.');
  return laboratoryId;
}

function checkParameters({ parameters }: DetectionPreset): void {
  try {
    parseDetectionParameters({ ...parameters });
  } catch (error) {
    if (error instanceof RangeError) throw new AppError('validation_failed', error.message, { cause: error });
    throw error;
  }
}

function describe({ version, laboratory, settings }: Awaited<ReturnType<typeof findSettings>>) {
  return {
    settingsVersion: version,
    laboratory,
    defaults: { ...settings.detection },
    presets: (settings.detectionPresets ?? []).map(({ name, parameters }) => ({
      name,
      parameters: { ...parameters },
    })),
  };
}
