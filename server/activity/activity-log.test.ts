import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, type Database } from '../db/client.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import { insertPatient, insertPatientWithSample, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { insertActivity } from './queries.ts';
import { createReadLog } from './read-log.ts';
import { findHead, isAppendOnly, sealActivities } from './seal-queries.ts';
import { verifyActivities } from './verify-activities.ts';

let t: TestApp;
let owner: Database;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  owner = connect(t.ownerUri, { max: 1 });
  staff = await insertStaff(t.db);
});
afterAll(async () => {
  await owner?.close();
  await t?.close();
});

const NOBODY = { id: null, address: null, requestId: null };
const entry = (description: string) =>
  insertActivity(t.db, NOBODY, { activityType: 'test.entry', description, metadata: { a: 1, b: ['x'] } });
/** As whoever has the keys to the whole database might. */
const tamper = (statement: ReturnType<typeof sql>) =>
  owner.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(statement);
  });

describe("the application's database role", () => {
  test.each([
    ['update', sql`update user_activity_log set description = 'x'`],
    ['delete', sql`delete from user_activity_log`],
    ['truncate', sql`truncate user_activity_log cascade`],
    [
      'chain by hand',
      sql`insert into activity_seals (activity_id, hash) select id, 'x' from user_activity_log`,
    ],
    ['unchain', sql`delete from activity_seals`],
    ['keep an entry from being chained', sql`delete from unsealed_activities`],
    ['take the trigger away', sql`alter table user_activity_log disable trigger all`],
    [
      'replace the sealer',
      sql`create or replace function seal_activities(most integer) returns integer
      language sql as 'select 0'`,
    ],
  ])('cannot %s [audit-chain]', async (_, statement) => {
    await entry('kept');
    await sealActivities(t.db);
    await expect(t.db.execute(statement)).rejects.toMatchObject({ cause: { code: '42501' } });
    expect(await isAppendOnly(t.db)).toBe(true);
  });

  test('that owns the tables meets a trigger, and verify says that it is not kept from the log', async () => {
    for (const statement of [
      sql`update user_activity_log set description = 'x'`,
      sql`delete from user_activity_log`,
      sql`truncate user_activity_log cascade`,
      sql`delete from activity_seals`,
    ]) {
      await expect(owner.db.execute(statement)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('append-only') },
      });
    }
    expect((await verifyActivities(owner.db)).protected).toBe(false);
  });
});

describe('the chain', () => {
  beforeEach(() => sealActivities(t.db));
  const place = async (id: string) => {
    const { rows } = await t.db.execute<{ sequence: string }>(
      sql`select sequence from activity_seals where activity_id = ${id}`,
    );
    return Number(rows[0].sequence);
  };
  const findings = async () => (await verifyActivities(t.db)).findings;

  test('is without findings whatever many processes write and seal at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await t.db.transaction(async (tx) => {
          await insertActivity(tx, NOBODY, { activityType: 'test.many', description: `${i}\r\nforged "é"` });
          if (i % 7 === 0) await tx.execute(sql`select pg_sleep(0.02)`);
        });
        if (i % 5 === 0) await sealActivities(t.db);
      }),
    );
    const verified = await verifyActivities(t.db);
    expect(verified).toMatchObject({ findings: [], waiting: 0 });
    expect(verified.head?.sequence).toBe(verified.sealed);
  });

  test('names an entry that was changed, in whatever column [audit-chain]', async () => {
    const id = await entry('before');
    await sealActivities(t.db);
    const changes = [
      sql`description = 'after'`,
      sql`at = at - interval '1 minute'`,
      sql`metadata = '{"a": 2}'`,
      sql`user_id = ${staff.admin.id}`,
      sql`address = '10.0.0.1'`,
      sql`entity_id = ${id}`,
    ];
    for (const change of changes) {
      const before = (await t.db.select().from(userActivityLog).where(eq(userActivityLog.id, id)))[0];
      await tamper(sql`update user_activity_log set ${change} where id = ${id}`);
      expect(await findings()).toMatchObject([
        { kind: 'changed', activityId: id, sequence: await place(id) },
      ]);
      const { description, at, metadata, userId, address, entityId } = before;
      await tamper(sql`update user_activity_log set description = ${description}, at = ${at},
        metadata = ${JSON.stringify(metadata)}::jsonb, user_id = ${userId}, address = ${address},
        entity_id = ${entityId} where id = ${id}`);
      expect(await findings()).toEqual([]);
    }
  });

  test('names an entry that was removed, with its place in the chain or without [audit-chain]', async () => {
    // Sealed one by one: entries of one millisecond are chained in any order.
    const sealed = async (description: string) => {
      const id = await entry(description);
      await sealActivities(t.db);
      return id;
    };
    const [one, other] = [await sealed('removed'), await sealed('removed with its place')];
    await sealed('after');
    const [first, second] = [await place(one), await place(other)];
    await tamper(sql`delete from user_activity_log where id in (${one}, ${other})`);
    await tamper(sql`delete from activity_seals where activity_id = ${other}`);
    expect(await findings()).toMatchObject([
      { kind: 'removed', sequence: first, activityId: one },
      { kind: 'removed', sequence: second, activityId: null },
    ]);
  });

  test('names an entry that was inserted past it [audit-chain]', async () => {
    const before = (await findings()).length;
    const id = crypto.randomUUID();
    await tamper(sql`insert into user_activity_log (id, at, activity_type, description)
      values (${id}, now() - interval '1 day', 'patient.read', 'never happened')`);
    expect((await findings()).slice(before)).toMatchObject([{ kind: 'inserted', activityId: id }]);
  });

  test('tells by an end that was noted earlier whether entries were cut off since', async () => {
    await entry('cut off');
    await sealActivities(t.db);
    const { sequence, hash } = (await findHead(t.db))!;
    const before = (await verifyActivities(t.db, { sequence, hash })).findings.length;
    await tamper(sql`delete from user_activity_log where id =
      (select activity_id from activity_seals where sequence = ${sequence})`);
    await tamper(sql`delete from activity_seals where sequence = ${sequence}`);
    expect((await verifyActivities(t.db)).findings).toHaveLength(before);
    await entry('in its place');
    const { findings: found } = await verifyActivities(t.db, { sequence, hash });
    expect(found.at(-1)).toMatchObject({ kind: 'removed', sequence });
  });
});

describe('the log', () => {
  const list = (query: Record<string, unknown>) =>
    t.as(staff.admin)('listActivities', { query: query as never });

  test('is for administrators, filtered by user, type, entity and time, and paged by cursor', async () => {
    const reader = await insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
    const patient = await insertPatient(t.db, reader);
    const from = new Date(Date.now() - 1000).toISOString();
    for (let i = 0; i < 5; i++) await t.as(reader)('getPatient', { params: { patientId: patient.id } });
    await t.as(reader)('listLavages', { params: { patientId: patient.id } });

    const all = await list({ userId: reader.id, from });
    expect(all.total).toBe(6);
    expect(all.items[0]).toMatchObject({
      user: { id: reader.id, name: reader.name },
      activityType: 'lavage.list',
      entityType: 'patient',
      entityId: patient.id,
      address: '127.0.0.1',
    });
    expect((await list({ userId: reader.id, activityType: 'patient' })).total).toBe(5);
    expect((await list({ userId: reader.id, activityType: 'patient.read' })).total).toBe(5);
    expect((await list({ userId: reader.id, activityType: 'patient_' })).total).toBe(0);
    expect((await list({ entityType: 'patient', entityId: patient.id })).total).toBe(6);
    expect((await list({ userId: reader.id, to: from })).total).toBe(0);
    const seen: string[] = [];
    let next: string | null | undefined;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({
        userId: reader.id,
        sort: 'at',
        perPage: 2,
        ...(next ? { next } : {}),
      });
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    } while (next);
    expect(seen).toEqual(all.items.map(({ id }) => id).reverse());
    for (const user of [staff.uploader, staff.annotator]) {
      await expect(t.as(user)('listActivities', { query: {} })).rejects.toMatchObject({ status: 403 });
      await expect(t.as(user)('verifyActivities', {})).rejects.toMatchObject({ status: 403 });
    }
  });

  test.each(['sort=user_id', 'metadata=x', 'users.password_hash=x', 'activity_type=%25', 'from=yesterday'])(
    'refuses %s',
    async (query) => {
      const headers = { authorization: `Bearer ${await t.tokenOf(staff.admin)}` };
      const answer = await t.inject({ url: `/api/v1/admin/activity-logs?${query}`, headers });
      expect(answer.statusCode).toBe(422);
    },
  );

  test('notes that it was read and verified, and by whom', async () => {
    await list({ activityType: 'test.entry' });
    await t.as(staff.admin)('verifyActivities', {});
    const { items } = await list({ userId: staff.admin.id, activityType: 'activity', perPage: 2 });
    expect(items.map(({ activityType }) => activityType)).toEqual(['activity.verify', 'activity.list']);
    expect(items[1].metadata).toEqual({ activityType: 'test.entry' });
  });

  test('notes every read of a patient before it is answered', async () => {
    const { patient, lavage, sample } = await insertPatientWithSample(t.db, staff.uploader);
    const call = t.as(staff.annotator);
    await call('listReadings', { params: { id: lavage.id } });
    await call('getDifferential', { params: { id: lavage.id }, query: {} });
    await call('listSlides', { params: { id: lavage.id } });
    await call('listAnnotations', { params: { jobId: sample.id }, query: {} });
    await call('getSample', { params: { jobId: sample.id } });
    await call('listPatientAnnotations', { params: { patientId: patient.id } });
    const types = await t.db
      .select({ type: userActivityLog.activityType })
      .from(userActivityLog)
      .where(eq(userActivityLog.userId, staff.annotator.id));
    expect(types.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'reading.list',
        'differential.read',
        'slide.list',
        'annotation.list',
        'sample.read',
        'diagnosis.list',
      ]),
    );
  });

  test('notes what somebody was refused: what is not theirs to see, and what their role may not do', async () => {
    const stranger = await insertUser(t.db, 'UPLOADER', {});
    const patient = await insertPatient(t.db, staff.uploader);
    const params = { patientId: patient.id };
    await expect(t.as(stranger)('getPatient', { params })).rejects.toMatchObject({ status: 404 });
    await expect(t.as(stranger)('listActivities', { query: {} })).rejects.toMatchObject({ status: 403 });
    const { items } = await list({ userId: stranger.id, sort: 'at' });
    expect(items).toMatchObject([
      {
        activityType: 'access.refused',
        description: 'Was refused GET /api/v1/patients/:patient_id',
        metadata: { status: 404, params: { patient_id: patient.id } },
      },
      { activityType: 'access.refused', metadata: { status: 403 } },
    ]);
  });

  test('names no patient, not even by what somebody searched for', async () => {
    const name = `Zebulon ${crypto.randomUUID()}`;
    const body = { name, age: 60, gender: 'male' as const, contact: `call ${name}` };
    const { id } = await t.as(staff.uploader)('createPatient', { body });
    await t.as(staff.uploader)('listPatients', { query: { q: name } });
    await t.as(staff.uploader)('updatePatient', { params: { patientId: id }, ifMatch: 1, body: { name } });
    const { rows } = await t.db.execute(
      sql`select id from user_activity_log l where l::text like ${`%${name}%`}`,
    );
    expect(rows).toEqual([]);
  });

  test('keeps an entry whose text has CR and LF one entry [CVE-2023-28432]', async () => {
    const description = 'seen\r\n2026-11-25 patient.delete by nobody';
    const { id } = await t.as(staff.uploader)('logActivity', {
      body: { activityType: 'note', description },
    });
    const { items } = await list({ userId: staff.uploader.id, activityType: 'note' });
    expect(items).toMatchObject([{ id, description, entityType: 'client_report' }]);
  });
});

test('reads at once share an insert; one that cannot be written fails each of them', async () => {
  const reads = createReadLog(t.db);
  const note = (description: string, activityType = 'test.read') =>
    reads.note({ ...NOBODY, id: staff.admin.id }, { activityType, description });
  const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => note(`read ${i}`)));
  expect(settled.every(({ status }) => status === 'fulfilled')).toBe(true);
  const rows = await t.db.select().from(userActivityLog).where(eq(userActivityLog.activityType, 'test.read'));
  expect(rows).toHaveLength(20);
  const broken = await Promise.allSettled([note('first'), note('a nul \0'), note('beside it')]);
  expect(broken.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  await note('goes on');
});

test('an address that PostgreSQL does not know keeps no act from being noted, neither its own nor those of others', async () => {
  const http = { ...t.deps.config.http, trustedProxies: ['127.0.0.1'] };
  const own = await createTestApp({ config: { http } });
  const { uploader, annotator } = await insertStaff(own.db);
  const read = async (user: typeof uploader, more: { remoteAddress?: string; headers?: object }) => {
    const headers = { authorization: `Bearer ${await own.tokenOf(user)}`, ...more.headers };
    return own.inject({ url: '/api/v1/patients', ...more, headers });
  };
  const answers = await Promise.all([
    read(uploader, { headers: { 'x-forwarded-for': 'unknown' } }),
    read(uploader, { remoteAddress: 'fe80::1%eth0' }),
    ...Array.from({ length: 5 }, () => read(annotator, {})),
  ]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(7).fill(200));
  const noted = await own.db
    .select({ address: userActivityLog.address })
    .from(userActivityLog)
    .where(eq(userActivityLog.userId, uploader.id));
  expect(noted.map(({ address }) => address).sort()).toEqual(['fe80::1', null]);
  await own.close();
});
