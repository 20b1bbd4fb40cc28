import { and, desc, eq } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import { lavageVisible, sampleVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { detectionRuns, lavages, patients, samples } from '../db/tables/patients.ts';
import { hospitals, laboratorySettings } from '../db/tables/people.ts';

/** What detection needs to know of a sample: its image, its scale and what its laboratory starts from. */
export async function findDetectionTarget(db: Db, caller: Caller, sampleId: string) {
  const [row] = await db
    .select({
      s3Key: samples.s3Key,
      width: samples.width,
      height: samples.height,
      micronsPerPixel: samples.micronsPerPixel,
      settings: laboratorySettings.settings,
    })
    .from(samples)
    .innerJoin(patients, eq(patients.id, samples.patientId))
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .leftJoin(laboratorySettings, eq(laboratorySettings.laboratoryId, hospitals.laboratoryId))
    .where(and(eq(samples.id, sampleId), sampleVisible(caller)))
    .orderBy(desc(laboratorySettings.version))
    .limit(1);
  return row && { ...row, defaults: row.settings?.detection ?? {} };
}

/** The run that the sample shows, or undefined cells when it has none yet. */
export async function findLatestCells(db: Db, caller: Caller, sampleId: string) {
  const [row] = await db
    .select({ runId: detectionRuns.id, cells: detectionRuns.cells })
    .from(samples)
    .leftJoin(detectionRuns, eq(detectionRuns.id, samples.latestRunId))
    .where(and(eq(samples.id, sampleId), sampleVisible(caller)));
  return row;
}

/** The laboratory that reads a lavage; undefined when the caller may not see it. */
export async function findLaboratoryOfLavage(
  db: Db,
  caller: Caller,
  lavageId: string,
): Promise<string | undefined> {
  const [row] = await db
    .select({ id: hospitals.laboratoryId })
    .from(lavages)
    .innerJoin(hospitals, eq(hospitals.id, lavages.hospitalId))
    .where(and(eq(lavages.id, lavageId), lavageVisible(caller)));
  return row?.id;
}
