import {
  countField,
  type DetectedCells,
  type MarkedCell,
  type ReadField,
} from '../../core/differential/count.ts';
import { differentialOf } from '../../core/differential/differential.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { SettingsOf } from '../laboratories/remember-settings.ts';
import { findSettings } from '../laboratories/settings-queries.ts';
import { type DetectedCellsCache, readDetectedCells } from './detected-cells.ts';
import {
  findLavage,
  findOwnReading,
  findPrimaryReading,
  findReading,
  type LavageToRead,
  listFields,
  listMarkedCells,
  type ReadingRow,
} from './reading-queries.ts';

/** Where counting gets its cells from. */
export interface CellSource {
  db: Db;
  cache: DetectedCellsCache;
  settingsOf: SettingsOf;
}

/**
 * The differential of a lavage for a caller: from the reading they name, else their own. Who reads no cells, and an
 * administrator who did not, gets the primary reading; without a reading nothing is counted.
 */
export async function getDifferential(
  source: CellSource,
  caller: Caller,
  lavageId: string,
  readingId?: string,
) {
  const { db } = source;
  const lavage = await findLavage(db, caller, lavageId);
  if (!lavage) throw new AppError('not_found', 'There is no such lavage.');
  const reading =
    readingId === undefined
      ? await defaultReading(db, caller, lavageId)
      : await getReadingOf(db, caller, lavageId, readingId);
  return differentialFrom(await readCells(source, lavage, reading));
}

/** A reading that the caller may see and that is of this lavage. */
export async function getReadingOf(db: Db, caller: Caller, lavageId: string, readingId: string) {
  const reading = await findReading(db, caller, readingId);
  if (reading?.lavageId !== lavageId) throw new AppError('not_found', 'There is no such reading.');
  return reading;
}

async function defaultReading(db: Db, caller: Caller, lavageId: string) {
  const own = await findOwnReading(db, lavageId, caller.id);
  return own ?? (caller.role === 'ANNOTATOR' ? undefined : findPrimaryReading(db, lavageId));
}

/** A reading as it stands: its settings and all fields of the lavage. Without a reading, all fields are unread. */
export async function readCells(source: CellSource, lavage: LavageToRead, reading: ReadingRow | undefined) {
  const { db, settingsOf } = source;
  const { version, settings } = reading
    ? await settingsOf(db, reading.laboratoryId, reading.settingsVersion)
    : await findSettings(db, lavage.laboratoryId);
  return { lavage, reading, settings, version, fields: await readFields(source, lavage.id, reading?.id) };
}
export type ReadCells = Awaited<ReturnType<typeof readCells>>;

/** The differential under the settings that the reading was begun with. */
export function differentialFrom({ lavage, reading, settings, version, fields }: ReadCells) {
  const facts = {
    smokingStatus: lavage.smokingStatus,
    // The share of siderophages is not recorded as a number yet.
    measurements: { cd4Cd8: lavage.cd4Cd8, siderophagePercent: null },
  };
  return {
    lavageId: lavage.id,
    settingsVersion: version,
    readingId: reading?.id ?? null,
    ...differentialOf(fields, facts, settings),
  };
}

/** What counts in one field, by cell type. */
export function countsOfSample({ fields, settings }: ReadCells, sampleId: string) {
  const field = fields.find((one) => one.sampleId === sampleId);
  const byType = field ? countField(field, settings) : new Map<string, number>();
  return [...byType].map(([cellType, count]) => ({ cellType, count }));
}

async function readFields(
  { db, cache }: CellSource,
  lavageId: string,
  readingId: string | undefined,
): Promise<ReadField[]> {
  const fields = await listFields(db, lavageId, readingId);
  const marked = new Map<string, MarkedCell[]>(fields.map(({ sampleId }) => [sampleId, []]));
  const detected = new Map<string, DetectedCells | undefined>();
  if (readingId !== undefined) {
    for (const { sampleId, x, y, width, height, ...cell } of await listMarkedCells(db, readingId)) {
      marked.get(sampleId)?.push({ ...cell, box: { x, y, width, height } });
    }
    const runs = fields.flatMap(({ state, runId }) => (state === 'complete' && runId ? runId : []));
    const byRun = await readDetectedCells(db, cache, runs);
    for (const { sampleId, runId } of fields) if (runId) detected.set(sampleId, byRun.get(runId));
  }
  return fields.map((field) => ({
    ...field,
    marked: marked.get(field.sampleId) ?? [],
    detected: detected.get(field.sampleId) ?? null,
  }));
}
