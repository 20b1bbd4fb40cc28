import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { Problem } from '../../contract/errors.ts';
import { errorCodesOf } from '../../contract/route.ts';
import { connect, type Database } from '../db/client.ts';
import { samples } from '../db/tables/patients.ts';
import { users } from '../db/tables/people.ts';
import { isAdministration, type Operation, type RowKind, readOperations } from './api-operations.ts';
import { type ApiRequest, injectable, injectPatiently, requestsOf } from './api-requests.ts';
import { type Caller, insertWorld, reaches, type World } from './api-world.ts';
import { fieldImage } from './image-files.ts';
import { forbiddenChanges, type RowChange, takeRowChanges, watchRows } from './row-changes.ts';
import type { TestApp } from './test-app.ts';

export interface FuzzReport {
  sent: number;
  byStatus: Record<string, number>;
  /** How many requests of each route were taken (below 300). */
  taken: Record<string, number>;
  slowest: { ms: number; name: string };
  /** What broke a promise, with the request that did. */
  faults: string[];
}

/** Requests in one world, which wears out as things are deleted. */
const ROUND = 400;
const MOST_FAULTS = 50;
/** They open an image in another process each time. */
const HEAVY = ['uploadImages', 'detectCells', 'dynamicDetect'];
const HEAVY_SELDOM = 6;

type Answer = Awaited<ReturnType<typeof injectPatiently>>;

/**
 * Sends random requests, valid and mutated ones, as everybody and as nobody, and holds each answer against the
 * contract: no fault of the server, no status and no body that the description lacks, nothing named that the caller
 * may not see, and no row changed that is not theirs to change.
 */
export async function fuzzApi(
  t: TestApp,
  {
    requests,
    seed,
    progress = () => {},
  }: { requests: number; seed: number; progress?: (sent: number) => void },
): Promise<FuzzReport> {
  const operations = (await readOperations(t)).filter(({ name }) => name !== 'events');
  const owner = connect(t.ownerUri, { max: 1 });
  await watchRows(owner.pool);
  const image = { name: 'field.png', bytes: await fieldImage() };
  const report: FuzzReport = { sent: 0, byStatus: {}, taken: {}, slowest: { ms: 0, name: '' }, faults: [] };
  for (let round = 0; report.sent < requests && report.faults.length < MOST_FAULTS; round++) {
    const world = await insertWorld(t.db);
    await storeImages(t, world, image.bytes);
    const drawn = fc.sample(attempts(operations, world, image), {
      seed: seed + round,
      numRuns: Math.min(ROUND, requests - report.sent),
    });
    const signedIn = signIns(t);
    for (const attempt of drawn) await attack({ t, owner, world, signedIn }, attempt, report);
    progress(report.sent);
  }
  await owner.close();
  return report;
}

interface Attempt {
  operation: Operation;
  request: ApiRequest;
  caller: Caller | 'nobody' | 'forger';
}

function attempts(operations: Operation[], world: World, image: { name: string; bytes: Uint8Array }) {
  const idOf = (row: RowKind) =>
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...world.places.map(({ rows }) => rows[row])) },
      { weight: 1, arbitrary: fc.uuid() },
    );
  const files = fc.constantFrom<ApiRequest['files'][]>(
    [image],
    [image, { name: '../a.png', bytes: Buffer.from('no image') }],
    [],
  );
  const anybody = fc.constantFrom<Caller[]>(...world.callers);
  const callerOf = ({ route: { access } }: Operation) => {
    const allowed = world.callers.filter(({ user }) => access === 'public' || access.includes(user.role));
    return fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Caller[]>(...allowed) },
      { weight: 2, arbitrary: anybody },
      { weight: 1, arbitrary: fc.constantFrom('nobody' as const, 'forger' as const) },
    );
  };
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: HEAVY.includes(operation.name) ? 1 : HEAVY_SELDOM,
      arbitrary: fc
        .tuple(requestsOf(operation, idOf, files), callerOf(operation))
        .map(([request, caller]): Attempt => ({ operation, request, caller })),
    })),
  );
}

async function storeImages({ db, deps }: TestApp, { places }: World, bytes: Uint8Array): Promise<void> {
  for (const { rows } of places) {
    const [{ s3Key }] = await db.select().from(samples).where(eq(samples.id, rows.sample));
    await deps.objects.put(s3Key, Readable.from([bytes]), { maxBytes: bytes.length });
  }
}

/** Tokens of the callers; whoever was signed out or changed is put back and signed in again. */
function signIns({ db, tokenOf }: TestApp) {
  const tokens = new Map<string, string>();
  return {
    of: async ({ user }: Caller): Promise<string> => {
      const known = tokens.get(user.id);
      if (known) return known;
      const { role, status, hospitalId, laboratoryId } = user;
      const [now] = await db
        .update(users)
        .set({ role, status, hospitalId, laboratoryId, mustChangePassword: false })
        .where(eq(users.id, user.id))
        .returning();
      const token = await tokenOf(now);
      tokens.set(user.id, token);
      return token;
    },
    forgetAfter: (changes: readonly RowChange[]) => {
      if (changes.some(({ table, old }) => table === 'users' || (table === 'sessions' && old)))
        tokens.clear();
    },
  };
}

interface Scene {
  t: TestApp;
  owner: Database;
  world: World;
  signedIn: ReturnType<typeof signIns>;
}

async function attack(
  { t, owner, world, signedIn }: Scene,
  { operation, request, caller }: Attempt,
  report: FuzzReport,
): Promise<void> {
  const somebody = typeof caller === 'string' ? undefined : caller;
  const token = somebody
    ? await signedIn.of(somebody)
    : caller === 'forger'
      ? 'eyJhbGciOiJub25lIn0.e30.'
      : undefined;
  await takeRowChanges(owner.pool);
  const startedAt = performance.now();
  const answer = await injectPatiently(t, await injectable(request, token));
  const ms = performance.now() - startedAt;
  const changes = await takeRowChanges(owner.pool);
  signedIn.forgetAfter(changes);
  const status = answer.statusCode;
  report.sent++;
  report.byStatus[status] = (report.byStatus[status] ?? 0) + 1;
  if (status < 300) report.taken[operation.name] = (report.taken[operation.name] ?? 0) + 1;
  if (ms > report.slowest.ms && !HEAVY.includes(operation.name))
    report.slowest = { ms, name: operation.name };
  const by = operation.route.access === 'public' ? undefined : somebody?.user;
  const faults = [
    ...faultsOfAnswer(operation, answer),
    ...faultsOfAccess(operation, somebody, status),
    ...leaks(world, somebody, request, answer),
    ...forbiddenChanges(changes, by, {
      status,
      isRead: operation.method === 'GET',
      administers: isAdministration(operation),
    }).map((change) => `changed ${change.table}: ${JSON.stringify(change).slice(0, 400)}`),
  ];
  const who = typeof caller === 'string' ? caller : caller.name;
  for (const fault of faults) {
    const sent = JSON.stringify({ ...request, files: request.files.length }).slice(0, 800);
    report.faults.push(`${who}: ${fault}\n    ${sent}\n    ${status} ${answer.payload.slice(0, 300)}`);
  }
}

function faultsOfAnswer({ route, method, statuses }: Operation, answer: Answer): string[] {
  const status = answer.statusCode;
  if (status >= 500) return [`answered ${status}`];
  if (!statuses.includes(status)) return [`${status} is not described`];
  const isFile = String(answer.headers['content-type']).startsWith('text/csv');
  if (method === 'HEAD' || (status < 400 && (typeof route.response === 'string' || isFile))) return [];
  const schema = status < 400 ? route.response : Problem;
  if (typeof schema === 'string') return [];
  const parsed = schema.safeParse(jsonOf(answer.payload));
  const code = status < 400 ? undefined : (parsed.data as Problem | undefined)?.code;
  if (code && !errorCodesOf(route).has(code)) return [`${code} is not described`];
  return parsed.success ? [] : [`the answer breaks its schema: ${parsed.error.message.slice(0, 300)}`];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultsOfAccess(
  { route: { access } }: Operation,
  caller: Caller | undefined,
  status: number,
): string[] {
  if (access === 'public' || status >= 400) return [];
  if (!caller) return ['answered without anybody signed in'];
  return access.includes(caller.user.role) ? [] : [`answered a ${caller.user.role}`];
}

const SEEN_WITH_THE_PATIENT: readonly RowKind[] = ['patient', 'lavage', 'slide', 'sample', 'run'];

/** Rows of others that an answer names though the request did not. */
function leaks(world: World, caller: Caller | undefined, request: ApiRequest, { payload }: Answer): string[] {
  const asked = JSON.stringify(request);
  return world.places.flatMap((place) =>
    SEEN_WITH_THE_PATIENT.filter((row) => {
      const id = place.rows[row];
      return payload.includes(id) && !asked.includes(id) && !(caller && reaches(caller, place, row));
    }).map((row) => `names the ${row} of ${place.name}`),
  );
}
