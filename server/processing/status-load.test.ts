import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../db/client.ts';
import { COUNT_LIMIT } from '../http/list.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import {
  countByStatus,
  countEndedByHour,
  countEndedLastHour,
  countStuck,
  listLastErrors,
} from './status-queries.ts';

/** One a minute, with some that failed, wait or are processed, as in a laboratory after some months. */
const SAMPLES = 100_000;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const { uploader } = await insertStaff(app.db);
  const { sample } = await insertPatientWithSample(app.db, uploader);
  const { pool } = app.deps.database;
  await pool.query(
    `insert into samples (id, patient_id, lavage_id, slide_id, uploader_id, original_filename, sort_name, s3_key,
       sha256, size_bytes, format, width, height, inference_status, error, started_at, completed_at)
     select gen_random_uuid(), patient_id, lavage_id, slide_id, uploader_id, 'f', 'f', 'samples/' || n || '/original',
       n::text, 1, 'png', 1, 1, s.status, case when s.status = 'failed' then 'Damaged.' end,
       now() - n * interval '1 minute',
       case when s.status in ('completed', 'failed') then now() - n * interval '1 minute' end
     from samples, generate_series(1, ${SAMPLES}) n,
       lateral (select case when n % 100 = 0 then 'failed' when n % 1000 = 1 then 'pending'
         when n % 10000 = 2 then 'processing' else 'completed' end as status) s
     where samples.id = $1`,
    [sample.id],
  );
  await pool.query('vacuum analyze samples');
});
afterAll(() => app.close());

interface PlanNode {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

test('the status of 100,000 samples touches no more of them than it may count', async () => {
  const { pool } = app.deps.database;
  const asked: { text: string; values: unknown[] }[] = [];
  const logger = { logQuery: (text: string, values: unknown[]) => void asked.push({ text, values }) };
  const db = drizzle({ client: pool, casing: 'snake_case', logger }) as unknown as Db;
  expect(await countByStatus(db, COUNT_LIMIT)).toEqual({
    pending: 101,
    processing: 10,
    completed: COUNT_LIMIT,
    failed: 1000,
  });
  expect(await countStuck(db, { seconds: 600, decodedPixels: 100_000_000 })).toBe(9);
  expect(await countEndedLastHour(db)).toEqual({ completed: 57, failed: 0 });
  await countEndedByHour(db);
  expect(await listLastErrors(db, 10)).toHaveLength(10);
  expect(asked).toHaveLength(8);
  for (const { text, values } of asked) {
    const { rows } = await pool.query(`explain (analyze, format json) ${text}`, values);
    const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
    for (const node of nodesOf(plan)) {
      const touched = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
      expect([text, touched <= 1.1 * COUNT_LIMIT]).toEqual([text, true]);
    }
  }
});
