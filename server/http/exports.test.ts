import { and, eq, like } from 'drizzle-orm';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, type RouteName } from '../../contract/api.ts';
import { urlOf } from '../../contract/client.ts';
import type { RouteDefinition } from '../../contract/route.ts';
import { endAllSessions } from '../auth/queries.ts';
import { startSession } from '../auth/sessions.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import { patients } from '../db/tables/patients.ts';
import { insertWorld } from '../testing/api-world.ts';
import { insertHospital, insertPatient, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { exportable } from './exports.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let authorization: string;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
  authorization = `Bearer ${await t.tokenOf(staff.admin)}`;
});
afterAll(() => t?.close());

const get = (name: RouteName, query: Record<string, unknown>) =>
  t.inject({ url: urlOf(api[name], { query: { ...query, format: 'csv' } }), headers: { authorization } });

/** Cells of every line, without quotes. */
function cellsOf(payload: string): string[][] {
  const lines: string[][] = [[]];
  for (const [whole, quoted, plain, end] of payload
    .slice(1)
    .matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n)/g)) {
    expect(whole).not.toBe('');
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') lines.push([]);
  }
  return lines.slice(0, -1);
}
const column = (lines: string[][], header: string) => {
  const at = lines[0].indexOf(header);
  return lines.slice(1).map((line) => line[at]);
};

test('cells that begin like a formula are neutralised, and stay one cell with line breaks in them [CVE-2021-41128]', async () => {
  const hospital = await insertHospital(t.db);
  const names = ['=1+1', '+1', '-1', '@SUM(1)', '\tx', '\rx', '＝1', 'a\r\n=1+1', 'a,"=b"', 'Ada'];
  for (const [second, name] of names.entries()) {
    const createdAt = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    await insertPatient(t.db, staff.uploader, {
      hospitalId: hospital.id,
      name,
      contact: '=HYPERLINK("x")',
      createdAt,
    });
  }
  const { payload } = await get('listAllPatients', { hospitalId: hospital.id, sort: 'created_at' });
  const lines = cellsOf(payload);
  expect(column(lines, 'name')).toEqual(
    names.map((name) => (/^[=+\-@\t\r＝]/.test(name) ? `'${name}` : name)),
  );
  expect(column(lines, 'contact')).toEqual(names.map(() => `'=HYPERLINK("x")`));
});

test('a file to keep, named by list and day, with every value of a row and no signed address', async () => {
  const { headers, payload, statusCode } = await get('listAllPatients', {});
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  const file = `patients-${new Date().toISOString().slice(0, 10)}.csv`;
  expect(headers['content-disposition']).toBe(`attachment; filename="${file}"; filename*=UTF-8''${file}`);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  expect(payload.charCodeAt(0)).toBe(0xfeff);
  expect(cellsOf(payload)[0]).toEqual(
    expect.arrayContaining(['id', 'name', 'identifiers', 'hospital_name', 'samples_by_status_failed']),
  );
  expect(cellsOf((await get('listAllSamples', {})).payload)[0]).not.toContain('thumbnail_url');
});

test('every list of the administration, with the rows that its page shows, and noted as an export', async () => {
  await insertWorld(t.db);
  const lists = Object.entries(api as Record<string, RouteDefinition>).filter(([, { csv }]) => csv);
  expect(lists.map(([name]) => name)).toHaveLength(6);
  for (const [name, { csv, access }] of lists) {
    expect(access, name).toEqual(['ADMIN']);
    const url = urlOf(api[name as RouteName], { query: { perPage: 200 } });
    const page = (await t.inject({ url, headers: { authorization } })).json();
    const response = await get(name as RouteName, {});
    const key = page.items[0].job_id ? 'job_id' : 'id';
    const ids = page.items.map((item: Record<string, string>) => item[key]);
    expect(ids.length, name).toBeGreaterThan(1);
    expect(column(cellsOf(response.payload), key), name).toEqual(ids);
    const noted = await t.db
      .select()
      .from(userActivityLog)
      .where(
        and(
          eq(userActivityLog.requestId, String(response.headers['x-request-id'])),
          like(userActivityLog.activityType, '%.export'),
        ),
      );
    expect(noted, name).toMatchObject([{ activityType: `${csv}.export`, userId: staff.admin.id }]);
  }
  const { payload } = await get('listUsers', {});
  expect(payload.replace('must_change_password', '')).not.toMatch(/password|hash|secret/i);
});

test('goes through all pages, each row once, and notes every patient that it names', async () => {
  const hospital = await insertHospital(t.db);
  const many = Array.from({ length: 2100 }, (_, at) => ({
    hospitalId: hospital.id,
    createdBy: staff.uploader.id,
    name: `Patient ${at}`,
    age: 50,
    gender: 'female' as const,
  }));
  await t.db.insert(patients).values(many);
  const { payload, headers } = await get('listAllPatients', {
    hospitalId: hospital.id,
    sort: 'name',
    perPage: 5,
  });
  const ids = column(cellsOf(payload), 'id');
  expect([ids.length, new Set(ids).size]).toEqual([2100, 2100]);
  const noted = await t.db
    .select()
    .from(userActivityLog)
    .where(
      and(
        eq(userActivityLog.requestId, String(headers['x-request-id'])),
        eq(userActivityLog.activityType, 'patient.list'),
      ),
    );
  expect(noted.flatMap(({ metadata }) => metadata?.patients as string[]).sort()).toEqual(ids.toSorted());
});

test('what does not fit is refused as for a page', async () => {
  for (const query of ['format=xlsx', 'format=csv&next=x', 'format=csv&sort=password_hash']) {
    const response = await t.inject({ url: `/api/v1/admin/patients?${query}`, headers: { authorization } });
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      422,
      'application/problem+json; charset=utf-8',
    ]);
  }
});

test('an export breaks off once its session ended, however much is left [revocation]', async () => {
  const { sessionId } = await startSession(
    t.db,
    staff.admin,
    { accessTokenExpiryS: 60 },
    { userAgent: 'test', address: '127.0.0.1' },
  );
  let pages = 0;
  const list = exportable('listHospitals', { db: t.db, reads: { note: async () => {} } }, async () => {
    if (++pages === 2) await endAllSessions(t.db, staff.admin.id);
    return { items: [{ id: pages }], next: pages < 5 ? 'more' : null } as never;
  });
  const bare = Fastify();
  bare.get('/', (request, reply) =>
    list({ caller: { sessionId }, query: { format: 'csv' }, request, reply } as never),
  );
  const response = await fetch(await bare.listen({ port: 0 }));
  await expect(response.text()).rejects.toThrow();
  expect(pages).toBe(2);
  await bare.close();
});
