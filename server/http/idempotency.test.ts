import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { UploadFields } from '../../contract/samples.ts';
import { connect, type Database } from '../db/client.ts';
import { idempotencyKeys } from '../db/tables/people.ts';
import { type Operation, readOperations } from '../testing/api-operations.ts';
import { type ApiRequest, injectable, injectPatiently, shortestRequest } from '../testing/api-requests.ts';
import { insertWorld } from '../testing/api-world.ts';
import { insertStaff } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { takeRowChanges, watchRows } from '../testing/row-changes.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { removeOldReplies } from './queries.ts';

let t: TestApp;
let owner: Database;
beforeAll(async () => {
  t = await createTestApp({ backend: 'local' });
  owner = connect(t.ownerUri, { max: 1 });
  await watchRows(owner.pool);
});
afterAll(async () => {
  await owner?.close();
  await t?.close();
});

/** The same with one more field or another value, which the contract allows. */
function changed({ route }: Operation, request: ApiRequest): ApiRequest {
  const schema = route.body ?? UploadFields;
  const body = request.body as Record<string, unknown>;
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  const candidates = Object.keys(properties).flatMap((field) =>
    [`${body[field]}x`, 'x', true, []].map((value) => ({ ...body, [field]: value })),
  );
  const other = candidates.find((one) => schema.safeParse(one).success);
  if (!other) throw new Error(`${request.name}: no other body was found`);
  return { ...request, body: other };
}

test('every route that takes a key gives the saved reply to the same request, and refuses another', async () => {
  const file = { name: 'field.png', bytes: await fieldImage() };
  const operations = (await readOperations(t)).filter(({ route }) => route.idempotent);
  const repeated: string[] = [];
  for (const operation of operations) {
    const world = await insertWorld(t.db);
    const request = { ...shortestRequest(operation, world.places[0].rows), files: [file] };
    request.headers['idempotency-key'] = crypto.randomUUID();
    for (const { user } of world.callers) {
      if (!operation.route.access.includes(user.role)) continue;
      const token = await t.tokenOf(user);
      const send = async (one: ApiRequest) => injectPatiently(t, await injectable(one, token));
      const first = await send(request);
      // Not theirs to see, or for the emergency theirs already.
      if (first.statusCode >= 400) continue;
      await takeRowChanges(owner.pool);
      const again = await send(request);
      expect([again.statusCode, again.json()], operation.name).toEqual([first.statusCode, first.json()]);
      const other = await send(changed(operation, request));
      expect([other.statusCode, other.json().code], operation.name).toEqual([409, 'idempotency_mismatch']);
      expect(await takeRowChanges(owner.pool), operation.name).toEqual([]);
      repeated.push(operation.name);
      break;
    }
  }
  expect(repeated).toEqual(operations.map(({ name }) => name));
});

test('saved replies are kept for as long as a repetition may come, not for ever', async () => {
  const { uploader } = await insertStaff(t.db);
  const row = (key: string, hoursAgo: number) => ({
    key,
    userId: uploader.id,
    route: 'createPatient',
    requestHash: key,
    createdAt: sql.raw(`now() - interval '${hoursAgo} hours'`) as never,
  });
  await t.db.delete(idempotencyKeys);
  await t.db.insert(idempotencyKeys).values([row('old', 49), row('young', 47)]);
  await removeOldReplies(t.db, 48 * 3600);
  expect((await t.db.select().from(idempotencyKeys)).map(({ key }) => key)).toEqual(['young']);
});
