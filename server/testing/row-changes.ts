import type pg from 'pg';
import type { Role } from '../../contract/route.ts';

/** A row that a request inserted, changed or deleted, with whom it belongs to. */
export interface RowChange {
  table: string;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
  patient: { hospitalId: string; createdBy: string; laboratoryId: string; shares: boolean } | null;
  /** Whose reading it is part of. */
  readerId: string | null;
  /** Whose unfinished upload it is part of. */
  uploaderId: string | null;
}

interface Changer {
  id: string;
  role: Role;
  hospitalId: string | null;
  laboratoryId: string | null;
}

/** Every request may add to these, refused ones too. */
const UNWATCHED = [
  'row_changes',
  'user_activity_log',
  'unsealed_activities',
  'activity_seals',
  'rate_counts',
];

/**
 * Has PostgreSQL itself note every change of a row, so that nothing can happen unseen.
 * @param pool of the role that owns the tables
 */
export async function watchRows(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create table row_changes (table_name text, old jsonb, new jsonb);
    create function note_row_change() returns trigger language plpgsql security definer as $$
      begin
        insert into public.row_changes values (tg_table_name, to_jsonb(old), to_jsonb(new));
        return null;
      end $$`);
  const { rows } = await pool.query(
    'select tablename from pg_tables where schemaname = $1 and tablename <> all($2)',
    ['public', UNWATCHED],
  );
  for (const { tablename } of rows) {
    await pool.query(
      `create trigger note_row_change after insert or update or delete on ${tablename} for each row execute function note_row_change()`,
    );
  }
}

/** The changes since it was asked last. */
export async function takeRowChanges(pool: pg.Pool): Promise<RowChange[]> {
  const { rows } = await pool.query(`
    with c as (delete from row_changes returning table_name, old, new, coalesce(new, old) as r)
    select c.table_name as table, c.old, c.new, reading.user_id as "readerId", u.user_id as "uploaderId",
      case when p.id is not null then json_build_object('hospitalId', p.hospital_id, 'createdBy', p.created_by,
        'laboratoryId', h.laboratory_id, 'shares', h.uploaders_share) end as patient
    from c
    left join samples s on s.id = (c.r->>'sample_id')::uuid
    left join readings reading on reading.id = case c.table_name when 'readings' then (c.r->>'id')::uuid
      else (c.r->>'reading_id')::uuid end
    left join uploads u on u.id = (c.r->>'upload_id')::uuid
    left join lavages l on l.id = coalesce((c.r->>'lavage_id')::uuid, reading.lavage_id)
    left join patients p on p.id = case c.table_name when 'patients' then (c.r->>'id')::uuid
      else coalesce((c.r->>'patient_id')::uuid, l.patient_id, s.patient_id) end
    left join hospitals h on h.id = p.hospital_id`);
  return rows;
}

type Rule = (change: RowChange, by: Changer | undefined) => boolean;

const never: Rule = () => false;
const always: Rule = () => true;
const own: Rule = ({ old, new: now }, by) => (now ?? old)?.user_id === by?.id;
const isAdmin = (by: Changer | undefined) => by?.role === 'ADMIN';

function seesPatient({ patient }: RowChange, by: Changer | undefined): boolean {
  if (!patient || !by) return false;
  switch (by.role) {
    case 'ADMIN':
      return true;
    case 'ANNOTATOR':
      return patient.laboratoryId === by.laboratoryId;
    case 'UPLOADER':
      return patient.createdBy === by.id || (patient.shares && patient.hospitalId === by.hospitalId);
  }
}
const ofUploaders: Rule = (change, by) => by?.role !== 'ANNOTATOR' && seesPatient(change, by);
const ofReaders: Rule = (change, by) =>
  by?.role !== 'UPLOADER' &&
  seesPatient(change, by) &&
  (change.readerId ?? (change.new ?? change.old)?.user_id) === by?.id;

const OWN_ACCOUNT = [
  'name',
  'email',
  'password_hash',
  'must_change_password',
  'security_version',
  'version',
  'updated_at',
];

/** Who may change rows of each table by any request; a table that is not here may not be changed by one at all. */
const RULES: Record<string, Rule> = {
  patients: ofUploaders,
  patient_identifiers: ofUploaders,
  requests: ofUploaders,
  lavages: ofUploaders,
  slides: ofUploaders,
  samples: seesPatient,
  outbox: seesPatient,
  readings: ofReaders,
  reading_fields: ofReaders,
  sample_annotations: ofReaders,
  annotation_references: ofReaders,
  findings: ofReaders,
  patient_annotations: ofReaders,
  users: ({ old, new: now }, by) =>
    isAdmin(by) ||
    (by === undefined && old === null && now?.role !== 'ADMIN') ||
    (old !== null && now !== null && now.id === by?.id && changed(old, now).every(isOneOf(OWN_ACCOUNT))),
  sessions: (change, by) => change.old === null || isAdmin(by) || own(change, by),
  hospitals: ({ old }, by) => isAdmin(by) || (by === undefined && old === null),
  laboratories: never,
  laboratory_settings: ({ old, new: now }, by) =>
    old === null && (isAdmin(by) || (by?.role === 'ANNOTATOR' && now?.laboratory_id === by.laboratoryId)),
  idempotency_keys: own,
  uploads: own,
  upload_parts: ({ uploaderId }, by) => by !== undefined && (uploaderId === null || uploaderId === by.id),
  second_factors: (change, by) => isAdmin(by) || own(change, by),
  one_time_links: (change, by) => isAdmin(by) || own(change, by),
  list_counters: always,
  emergency_accesses: (change, by) => isAdmin(by) || (change.old === null && own(change, by)),
};

/** Where administrators may do more by routes that are theirs alone. */
const RULES_OF_ADMINISTRATION: Record<string, Rule> = {
  sample_annotations: (_, by) => isAdmin(by),
  patient_annotations: (_, by) => isAdmin(by),
};

/** Tables that a refused request may write to as well: of an upload that goes wrong, what came so far stays. */
const WRITTEN_BY_REFUSALS = ['sessions', 'uploads', 'upload_parts'];

/** @returns the changes that this caller had no right to, or that a refused request should not have made */
export function forbiddenChanges(
  changes: readonly RowChange[],
  by: Changer | undefined,
  { status, isRead, administers }: { status: number; isRead: boolean; administers: boolean },
): RowChange[] {
  return changes.filter((change) => {
    const rule = (administers && RULES_OF_ADMINISTRATION[change.table]) || (RULES[change.table] ?? never);
    const mayWrite = (status < 400 && !isRead) || WRITTEN_BY_REFUSALS.includes(change.table);
    return !mayWrite || !rule(change, by);
  });
}

function changed(old: Record<string, unknown>, now: Record<string, unknown>): string[] {
  return Object.keys(now).filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
}

const isOneOf = (known: readonly string[]) => (one: string) => known.includes(one);
