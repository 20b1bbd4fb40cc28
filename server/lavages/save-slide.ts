import { caseConverter } from '../../contract/casing.ts';
import { Slide } from '../../contract/lavages.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { findSlide, insertSlide, updateSlide } from './queries.ts';
import { getLavage } from './save-lavage.ts';

interface SlideFields {
  label: string;
  stain?: string;
  preparation?: string;
  countsInDifferential?: boolean;
}

const toWire = caseConverter(Slide, 'snake');

/** @throws AppError not_found */
export async function createSlide(tx: Db, caller: Caller, lavageId: string, fields: SlideFields) {
  await getLavage(tx, caller, lavageId);
  const slide = await insertSlide(tx, { ...fields, lavageId });
  await insertActivity(tx, caller, {
    activityType: 'slide.create',
    description: 'Added a slide',
    entityType: 'slide',
    entityId: slide.id,
    metadata: { lavage_id: lavageId },
  });
  return slide;
}

/** @throws AppError not_found, stale_version */
export async function correctSlide(
  { db }: Database,
  caller: Caller,
  change: { id: string; version: number; changes: Partial<SlideFields> },
) {
  return db.transaction(async (tx) => {
    const slide = await updateSlide(tx, caller, change);
    if (!slide) {
      const current = await findSlide(tx, caller, change.id);
      if (!current) throw new AppError('not_found', 'There is no such slide.');
      throw new AppError('stale_version', undefined, { current: toWire(current) });
    }
    await insertActivity(tx, caller, {
      activityType: 'slide.update',
      description: 'Corrected a slide',
      entityType: 'slide',
      entityId: slide.id,
      metadata: { fields: Object.keys(change.changes) },
    });
    return slide;
  });
}
