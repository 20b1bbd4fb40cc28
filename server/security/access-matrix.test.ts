import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Database } from '../db/client.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import {
  type IdPlace,
  idPlacesOf,
  isAdministration,
  type Operation,
  type RowKind,
  readOperations,
} from '../testing/api-operations.ts';
import { injectable, injectPatiently, shortestRequest } from '../testing/api-requests.ts';
import { type Caller, insertWorld, type Place, reaches, type World } from '../testing/api-world.ts';
import { fieldImage } from '../testing/image-files.ts';
import { forbiddenChanges, takeRowChanges, watchRows } from '../testing/row-changes.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let owner: Database;
let operations: Operation[];
let file: { name: string; bytes: Uint8Array };
beforeAll(async () => {
  // The relay to SQS would change rows between two requests, and be taken for one of them.
  t = await createTestApp({ backend: 'local' });
  operations = await readOperations(t);
  file = { name: 'field.png', bytes: await fieldImage() };
  owner = connect(t.ownerUri, { max: 1 });
  await watchRows(owner.pool);
});
afterAll(async () => {
  await owner?.close();
  await t?.close();
});

interface Attempt {
  operation: Operation;
  caller: Caller;
  token: string;
  /** Whose ids stand where nothing else is wanted. */
  of: Place;
  wanted?: { place: IdPlace; id: string };
}

async function outcomeOf({ operation, caller, token, of, wanted }: Attempt) {
  const request = shortestRequest(operation, of.rows, wanted);
  const sent = await injectable({ ...request, files: [file] }, token);
  const response = await injectPatiently(t, sent);
  const changes = await takeRowChanges(owner.pool);
  const outcome = {
    status: response.statusCode,
    isRead: operation.method === 'GET',
    administers: isAdministration(operation),
  };
  return { response, changes, forbidden: forbiddenChanges(changes, caller.user, outcome) };
}

const isFor = ({ route: { access } }: Operation, { user }: Caller) =>
  access !== 'public' && access.includes(user.role);

/** Administration reaches what is not the administrator's own. */
const mayUse = (operation: Operation, caller: Caller, of: Place, row: RowKind) =>
  isAdministration(operation) || reaches(caller, of, row);

/** What may be answered to an id that is not the caller's to use. */
function refusals(operation: Operation, place: IdPlace, caller: Caller, of: Place): number[] {
  // A filter of a list: what is not to be seen is not found, and that is all the list says.
  if (operation.name === 'listSamples') return [200];
  // One patient's hospital is chosen by administrators only.
  if (place.row === 'hospital') return [403];
  // Rows within a row of the caller's own: no such field or run in it.
  if (place.fields.length > 1 || place.row === 'run') return [404, 422];
  // Another reader's, of a patient that the caller sees.
  if (reaches(caller, of, 'patient')) return operation.method === 'GET' ? [200, 403, 404] : [403, 404];
  return [404];
}

function rowsThat(caller: Caller, world: World, of: Place) {
  const elsewhere = world.places.find((one) => one !== of && one.hospital.id === caller.user.hospitalId);
  return world.places.find((one) => one !== of && reaches(caller, one, 'patient')) ?? elsewhere ?? of;
}

test('every route x role x owner: ids of others are refused and change nothing [CVE-2026-25927]', async () => {
  const world = await insertWorld(t.db);
  for (const caller of world.callers) {
    const token = await t.tokenOf(caller.user);
    await takeRowChanges(owner.pool);
    for (const operation of operations.filter((one) => isFor(one, caller))) {
      for (const place of idPlacesOf(operation)) {
        for (const theirs of world.places.filter((one) => !mayUse(operation, caller, one, place.row))) {
          const wanted = { place, id: theirs.rows[place.row] };
          const of = rowsThat(caller, world, theirs);
          const { response, changes } = await outcomeOf({ operation, caller, token, of, wanted });
          const which = `${operation.name} ${place.part} ${place.fields.join('.')} of ${theirs.name} by ${caller.name}`;
          expect(refusals(operation, place, caller, theirs), which).toContain(response.statusCode);
          if (response.statusCode === 200 && operation.name === 'listSamples') {
            expect(response.json().items, which).toEqual([]);
          }
          expect(changes, which).toEqual([]);
        }
      }
    }
  }
});

/** What takes away what others need, in this order after all others. */
const LAST = [
  'deleteAnnotation',
  'deleteAnyAnnotation',
  'deleteAnnotations',
  'deletePatientAnnotation',
  'deletePatientAnnotations',
  'deleteSample',
  'deleteSamples',
  'deletePatient',
  'disableUsers',
  'endOtherSessions',
  'logout',
  'changePassword',
];

/** A stream that never ends; tiles, which only large images have. */
const NOT_TRIED = ['events', 'getTile'];
/** Changes of these alone are no acts yet. */
const UNNOTED = ['sessions', 'idempotency_keys', 'uploads', 'upload_parts', 'second_factors'];

test('every route x role: what is theirs is not refused, nothing else changes, and the log names who did it [CVE-2026-25927] [unique-user]', async () => {
  const gently = operations.toSorted((one, other) => LAST.indexOf(one.name) - LAST.indexOf(other.name));
  for (const name of ['admin', 'uploader home', 'annotator home', 'annotator neighbour']) {
    const world = await insertWorld(t.db);
    const caller = world.callers.find((one) => one.name === name)!;
    const of = world.places.find((one) => one.hospital.id === caller.user.hospitalId) ?? world.places[0];
    for (const operation of gently.filter((one) => isFor(one, caller) && !NOT_TRIED.includes(one.name))) {
      if (!idPlacesOf(operation).every(({ row }) => mayUse(operation, caller, of, row))) continue;
      const token = await t.tokenOf(caller.user);
      await takeRowChanges(owner.pool);
      const { response, changes, forbidden } = await outcomeOf({ operation, caller, token, of });
      const which = `${operation.name} by ${caller.name}: ${response.payload.slice(0, 200)}`;
      expect([401, 403, 404, 500], which).not.toContain(response.statusCode);
      expect(forbidden, which).toEqual([]);
      if (changes.every(({ table }) => UNNOTED.includes(table))) continue;
      const noted = await t.db
        .select()
        .from(userActivityLog)
        .where(eq(userActivityLog.requestId, String(response.headers['x-request-id'])));
      expect(new Set(noted.map(({ userId }) => userId)), which).toEqual(new Set([caller.user.id]));
    }
  }
});
