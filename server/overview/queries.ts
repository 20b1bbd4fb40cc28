import { and, desc, eq, exists, inArray, isNull, or, sql, sum } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/pg-core';
import type { LaboratorySettings } from '../../core/laboratory-settings.ts';
import type { Caller } from '../auth/caller.ts';
import { diagnosisShown, patientVisible, sampleVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { lavages, patients, requests, samples, slides } from '../db/tables/patients.ts';
import { hospitals, laboratorySettings, users } from '../db/tables/people.ts';
import { patientAnnotations, readingFields, readings, sampleAnnotations } from '../db/tables/readings.ts';

const query = new QueryBuilder({ casing: 'snake_case' });

const inStatus = (status: (typeof samples.inferenceStatus.enumValues)[number]) =>
  sql<number>`(count(*) filter (where ${eq(samples.inferenceStatus, status)}))::int`;

const samplesByStatus = {
  pending: inStatus('pending'),
  processing: inStatus('processing'),
  completed: inStatus('completed'),
  failed: inStatus('failed'),
};

export async function countPatients(db: Db, caller: Caller): Promise<number> {
  return db.$count(patients, patientVisible(caller));
}

export async function countSamples(db: Db, caller: Caller) {
  const [counts] = await db.select(samplesByStatus).from(samples).where(sampleVisible(caller));
  return counts;
}

/** Lavages with samples: those without a diagnosis first, the newest of them first. */
export async function listWorklist(db: Db, caller: Caller, limit: number) {
  const uploaded = db
    .select({
      lavageId: samples.lavageId,
      lastSampleAt: sql<string>`max(${samples.createdAt})`.as('last_sample_at'),
      pending: samplesByStatus.pending.as('pending'),
      processing: samplesByStatus.processing.as('processing'),
      completed: samplesByStatus.completed.as('completed'),
      failed: samplesByStatus.failed.as('failed'),
    })
    .from(samples)
    .where(sampleVisible(caller))
    .groupBy(samples.lavageId)
    .as('uploaded');
  const diagnosed = exists(
    query
      .select({ one: sql`1` })
      .from(patientAnnotations)
      .where(and(eq(patientAnnotations.lavageId, sql`${uploaded.lavageId}`), diagnosisShown(caller))),
  );
  const rows = await db
    .select({
      lavageId: uploaded.lavageId,
      lastSampleAt: uploaded.lastSampleAt,
      samples: {
        pending: uploaded.pending,
        processing: uploaded.processing,
        completed: uploaded.completed,
        failed: uploaded.failed,
      },
      patient: { id: patients.id, name: patients.name },
      hospital: hospitals.name,
      accessionNumber: requests.accessionNumber,
      collectedAt: lavages.collectedAt,
    })
    .from(uploaded)
    .innerJoin(lavages, eq(lavages.id, uploaded.lavageId))
    .innerJoin(patients, eq(patients.id, lavages.patientId))
    .innerJoin(hospitals, eq(hospitals.id, lavages.hospitalId))
    .leftJoin(requests, eq(requests.id, lavages.requestId))
    .orderBy(diagnosed, desc(uploaded.lastSampleAt), desc(uploaded.lavageId))
    .limit(limit);
  return rows.map((row) => ({ ...row, lastSampleAt: new Date(row.lastSampleAt).toISOString() }));
}

/** The reading a list speaks of: the annotator's own, for others their own or else the primary one. */
function readingShown(caller: Caller, lavageIds: string[]) {
  const own = eq(readings.userId, caller.id);
  return query
    .selectDistinctOn([readings.lavageId], { id: readings.id, lavageId: readings.lavageId })
    .from(readings)
    .where(
      and(
        inArray(readings.lavageId, lavageIds),
        caller.role === 'ANNOTATOR' ? own : or(own, eq(readings.purpose, 'primary')),
      ),
    )
    .orderBy(
      readings.lavageId,
      desc(sql`${own}`),
      desc(sql`${eq(readings.status, 'open')}`),
      desc(readings.createdAt),
    )
    .as('shown');
}

/**
 * How far the reading of each lavage is, in the fields that count. A failed image is no field to read unless the
 * reader has marked it.
 */
export async function listReadingProgress(db: Db, caller: Caller, lavageIds: string[]) {
  const shown = readingShown(caller, lavageIds);
  const isTouched = exists(
    query
      .select({ one: sql`1` })
      .from(sampleAnnotations)
      .where(
        and(
          eq(sampleAnnotations.readingId, shown.id),
          eq(sampleAnnotations.sampleId, samples.id),
          isNull(sampleAnnotations.deletedAt),
        ),
      ),
  );
  const fields = db
    .select({
      lavageId: samples.lavageId,
      sampleId: samples.id,
      sortName: samples.sortName,
      status: samples.inferenceStatus,
      state: sql<string>`case
        when ${readingFields.state} in ('complete', 'excluded') then ${readingFields.state}
        when ${isTouched} then 'partly' else 'unread' end`.as('state'),
    })
    .from(samples)
    .innerJoin(slides, eq(slides.id, samples.slideId))
    .leftJoin(shown, eq(shown.lavageId, samples.lavageId))
    .leftJoin(
      readingFields,
      and(eq(readingFields.readingId, shown.id), eq(readingFields.sampleId, samples.id)),
    )
    .where(and(inArray(samples.lavageId, lavageIds), slides.countsInDifferential, sampleVisible(caller)))
    .as('fields');
  const inState = (state: string) =>
    sql<number>`(count(*) filter (where ${fields.state} = ${state}
      and (${fields.status} <> 'failed' or ${fields.state} in ('complete', 'excluded'))))::int`;
  return db
    .select({
      lavageId: fields.lavageId,
      fields: {
        complete: inState('complete'),
        partly: inState('partly'),
        excluded: inState('excluded'),
        unread: inState('unread'),
      },
      firstUnreadJobId: sql<
        string | null
      >`(array_agg(${fields.sampleId} order by ${fields.sortName}, ${fields.sampleId})
        filter (where ${fields.status} = 'completed' and ${fields.state} in ('partly', 'unread')))[1]`,
    })
    .from(fields)
    .groupBy(fields.lavageId);
}

/** Each with the catalogue that its codes come from, the latest first. */
export async function listDiagnoses(db: Db, caller: Caller, lavageIds: string[]) {
  return db
    .select({
      lavageId: patientAnnotations.lavageId,
      diagnosis: patientAnnotations.diagnosis,
      catalogue: sql<LaboratorySettings['diagnoses']>`${laboratorySettings.settings} -> 'diagnoses'`,
    })
    .from(patientAnnotations)
    .innerJoin(
      laboratorySettings,
      and(
        eq(laboratorySettings.laboratoryId, patientAnnotations.laboratoryId),
        eq(laboratorySettings.version, patientAnnotations.settingsVersion),
      ),
    )
    .where(and(inArray(patientAnnotations.lavageId, lavageIds), diagnosisShown(caller)))
    .orderBy(desc(patientAnnotations.createdAt), desc(patientAnnotations.id));
}

export async function readSystem(db: Db, recentFailures: number) {
  const usersIn = (status: (typeof users.status.enumValues)[number]) =>
    db.$count(users, eq(users.status, status));
  const [objects] = await db
    .select({
      bytes: sum(samples.sizeBytes).mapWith(Number),
      databaseBytes: sql<string>`pg_database_size(current_database())`.mapWith(Number),
    })
    .from(samples);
  return {
    hospitals: await db.$count(hospitals),
    usersActive: await usersIn('active'),
    usersPending: await usersIn('pending'),
    objectsBytes: objects.bytes ?? 0,
    databaseBytes: objects.databaseBytes,
    recentFailures: await db
      .select({
        jobId: samples.id,
        originalFilename: samples.originalFilename,
        error: sql<string>`coalesce(${samples.error}, '')`,
        at: sql<string>`coalesce(${samples.completedAt}, ${samples.createdAt})`.mapWith(samples.createdAt),
      })
      .from(samples)
      .where(and(eq(samples.inferenceStatus, 'failed'), isNull(samples.deletedAt)))
      .orderBy(desc(samples.createdAt))
      .limit(recentFailures),
  };
}
