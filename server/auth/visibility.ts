import { and, eq, exists, inArray, isNull, not, or, type SQL, sql } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/pg-core';
import { lavages, patients, samples } from '../db/tables/patients.ts';
import { hospitals } from '../db/tables/people.ts';
import { patientAnnotations, readings } from '../db/tables/readings.ts';
import type { Caller } from './caller.ts';

/**
 * What a caller may see, as conditions on the row in question; what they may not see answers 404.
 * Uploaders see what is theirs, or their hospital's where the hospital allows it; annotators the hospitals of their
 * laboratory; administrators all. An emergency adds single patients, for reading.
 */
const query = new QueryBuilder({ casing: 'snake_case' });

function inSharingHospitalOf(caller: Caller, hospitalId: SQL): SQL {
  return exists(
    query
      .select({ one: sql`1` })
      .from(hospitals)
      .where(
        and(
          eq(hospitals.id, hospitalId),
          eq(hospitals.id, caller.hospitalId ?? sql`null`),
          hospitals.uploadersShare,
        ),
      ),
  );
}

function inLaboratoryOf(caller: Caller, hospitalId: SQL): SQL {
  return exists(
    query
      .select({ one: sql`1` })
      .from(hospitals)
      .where(and(eq(hospitals.id, hospitalId), eq(hospitals.laboratoryId, caller.laboratoryId ?? sql`null`))),
  );
}

/** Absent in nearly every request, so that lists pay nothing for it. */
function inEmergency({ emergencies }: Caller): SQL | undefined {
  const ids = Object.keys(emergencies);
  return ids.length > 0 ? inArray(patients.id, ids) : undefined;
}

export function patientVisible(caller: Caller): SQL {
  const here = isNull(patients.deletedAt);
  switch (caller.role) {
    case 'ADMIN':
      return here;
    case 'ANNOTATOR':
      return and(here, or(inLaboratoryOf(caller, sql`${patients.hospitalId}`), inEmergency(caller))) as SQL;
    case 'UPLOADER':
      return and(
        here,
        or(
          eq(patients.createdBy, caller.id),
          inSharingHospitalOf(caller, sql`${patients.hospitalId}`),
          inEmergency(caller),
        ),
      ) as SQL;
  }
}

/** Condition on `lavages`: visible with its patient. */
export function lavageVisible(caller: Caller): SQL {
  return exists(
    query
      .select({ one: sql`1` })
      .from(patients)
      .where(and(eq(patients.id, lavages.patientId), patientVisible(caller))),
  );
}

/** Condition on `samples`: visible with its patient, for uploaders who do not share only when they uploaded it. */
export function sampleVisible(caller: Caller): SQL {
  const patient = exists(
    query
      .select({ one: sql`1` })
      .from(patients)
      .where(and(eq(patients.id, samples.patientId), patientVisible(caller))),
  );
  return and(patient, sampleShown(caller)) as SQL;
}

/** Condition on `samples` of a patient who is visible. */
export function sampleShown(caller: Caller): SQL {
  const here = isNull(samples.deletedAt);
  if (caller.role !== 'UPLOADER') return here;
  const own = or(
    eq(samples.uploaderId, caller.id),
    exists(
      query
        .select({ one: sql`1` })
        .from(patients)
        .where(
          and(
            eq(patients.id, samples.patientId),
            or(inSharingHospitalOf(caller, sql`${patients.hospitalId}`), inEmergency(caller)),
          ),
        ),
    ),
  );
  return and(here, own) as SQL;
}

/** Condition on `patient_annotations` of a lavage that is visible: while the caller reads it blinded, only their own. */
export function diagnosisShown(caller: Caller): SQL {
  const readsBlinded = exists(
    query
      .select({ one: sql`1` })
      .from(readings)
      .where(
        and(
          eq(readings.lavageId, patientAnnotations.lavageId),
          eq(readings.userId, caller.id),
          eq(readings.status, 'open'),
          readings.blinded,
        ),
      ),
  );
  const shown = or(eq(patientAnnotations.userId, caller.id), not(readsBlinded));
  return and(isNull(patientAnnotations.deletedAt), shown) as SQL;
}
