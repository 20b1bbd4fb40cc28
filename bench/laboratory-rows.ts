import { sql } from 'drizzle-orm';
import { connect } from '../server/db/client.ts';
import type { insertStaff } from '../server/testing/factories.ts';

export const SAMPLES_PER_PATIENT = 20;
export const CELLS_PER_SAMPLE = 200;
/** The only field of a lavage whose run has cells to read. */
export const FIRST_FIELD = 'field_1.jpg';
const LONGEST_STATEMENT_MS = 600_000;

/**
 * The rows of a laboratory that has worked for years: patients with one lavage and slide each, completed samples
 * spread over time, and an open reading of the annotator in each lavage. No bytes lie behind the samples.
 */
export async function insertLaboratoryRows(
  ownerUri: string,
  { hospital, laboratoryId, uploader, annotator }: Awaited<ReturnType<typeof insertStaff>>,
  { patients, packedCells }: { patients: number; packedCells: Uint8Array },
): Promise<void> {
  const { db, close } = connect(ownerUri, { max: 1, silenceLimitMs: LONGEST_STATEMENT_MS });
  const started = sql`now() - interval '5 years'`;
  await db.execute(sql`
    insert into patients (id, hospital_id, created_by, name, age, gender, created_at, updated_at)
    select gen_random_uuid(), ${hospital.id}, ${uploader.id}, 'Patient ' || md5(n::text), 20 + n % 70, 'female',
      ${started} + n * interval '5 hours', now()
    from generate_series(1, ${patients}::int) as n`);
  await db.execute(sql`
    insert into lavages (id, patient_id, hospital_id, created_at)
    select gen_random_uuid(), id, hospital_id, created_at from patients where name like 'Patient %'`);
  await db.execute(sql`
    insert into slides (id, lavage_id, label) select gen_random_uuid(), id, 'Slide 1' from lavages`);
  await db.execute(sql`
    insert into samples (id, patient_id, lavage_id, slide_id, uploader_id, original_filename, sort_name, s3_key, sha256,
      size_bytes, format, width, height, inference_status, attempts, latest_run_id, thumbnail_key, created_at, completed_at)
    select id, patient_id, lavage_id, slide_id, ${uploader.id}, 'field_' || n || '.jpg', 'field_' || lpad(n::text, 9, '0'),
      'samples/' || id || '/original', md5(id::text), 900000, 'jpeg', 2012, 1518, 'completed', 1, gen_random_uuid(),
      'samples/' || id || '/thumbnail', at, at + interval '4 s'
    from (select gen_random_uuid() as id, l.patient_id, l.id as lavage_id, s.id as slide_id, n,
        l.created_at + n * interval '1 minute' as at
      from lavages l join slides s on s.lavage_id = l.id, generate_series(1, ${SAMPLES_PER_PATIENT}::int) as n) as drawn`);
  await db.execute(sql`
    insert into detection_runs (id, sample_id, engine, version, parameters, decoder, cells, cell_count, duration_ms)
    select latest_run_id, id, 'tree', '1.2.0', '{}', 'sharp',
      case when original_filename = ${FIRST_FIELD} then ${Buffer.from(packedCells)} else ''::bytea end, ${CELLS_PER_SAMPLE}, 300
    from samples where latest_run_id is not null`);
  await db.execute(sql`
    insert into readings (id, lavage_id, user_id, purpose, laboratory_id, settings_version)
    select gen_random_uuid(), id, ${annotator.id}, 'primary', ${laboratoryId}, 1 from lavages`);
  await db.execute(sql`vacuum analyze`);
  await close();
}
