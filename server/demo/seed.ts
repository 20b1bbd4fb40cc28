import { setTimeout as delay } from 'node:timers/promises';
import { type Call, createClient } from '../../contract/client.ts';
import type { Db } from '../db/client.ts';
import { OperatorError } from '../operator-error.ts';
import type { Progress } from '../start/progress.ts';
import { type DrawnField, openFieldDrawing } from './draw-fields.ts';
import {
  DEMO_FIELDS_PER_LAVAGE,
  DEMO_HOSPITALS,
  DEMO_LABORATORY,
  DEMO_LAVAGES,
  DEMO_USERS,
  type DemoLavage,
} from './laboratory.ts';
import { demoLaboratoryExists, insertDemoPeople } from './queries.ts';
import { readAgain, readLavage, type SeededLavage } from './read-lavage.ts';

interface SeedDependencies {
  db: Db;
  /** Origin of the running API, such as `http://127.0.0.1:8080`. */
  address: string;
  password: string;
  hashPassword: (password: string) => Promise<string>;
  progress: Progress;
  signal: AbortSignal;
}

/** Longest wait for the worker to take all fields. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Fills an empty system through the real pipeline: patients, uploads and readings go over HTTP. Each step carries a
 * fixed idempotency key, so that a start that was cut short goes on where it stopped.
 */
export async function seedDemo(deps: SeedDependencies): Promise<void> {
  const { db, progress } = deps;
  if (!(await demoLaboratoryExists(db, DEMO_LABORATORY))) {
    await insertDemoPeople(db, {
      laboratory: DEMO_LABORATORY,
      hospitals: DEMO_HOSPITALS,
      users: Object.values(DEMO_USERS),
      passwordHash: await deps.hashPassword(deps.password),
    });
  }
  const uploaders = {
    northgate: await signIn(deps, DEMO_USERS.northgate.email),
    riverside: await signIn(deps, DEMO_USERS.riverside.email),
  };
  using drawing = openFieldDrawing(DEMO_FIELDS_PER_LAVAGE);
  const lavages: SeededLavage[] = [];
  for (const [at, lavage] of DEMO_LAVAGES.entries()) {
    const seeded = await progress.step(
      `patient ${at + 1}/${DEMO_LAVAGES.length}`,
      async () => uploadLavage(uploaders[lavage.uploader], lavage, at, await drawing.draw(lavage, at)),
      ({ drawn }) => `${drawn.length} fields drawn and uploaded`,
    );
    lavages.push({ lavage, ...seeded });
  }
  const admin = await signIn(deps, DEMO_USERS.administrator.email);
  await progress.step(
    'cells',
    () => waitForProcessing(admin, deps),
    (count) => `${count} fields processed`,
  );
  const lena = await signIn(deps, DEMO_USERS.lena.email);
  const amir = await signIn(deps, DEMO_USERS.amir.email);
  await progress.step(
    'readings',
    async () => {
      for (const seeded of lavages) {
        await readLavage(lena, seeded);
        await readAgain(amir, seeded);
      }
    },
    () => 'one finished by two readers, one half done',
  );
  for (const call of [uploaders.northgate, uploaders.riverside, admin, lena, amir]) await call('logout', {});
}

async function signIn({ address, password }: SeedDependencies, email: string): Promise<Call> {
  const { accessToken } = await createClient({ base: address })('login', { body: { email, password } });
  return createClient({ base: address, headers: () => ({ authorization: `Bearer ${accessToken}` }) });
}

async function uploadLavage(call: Call, lavage: DemoLavage, at: number, drawn: DrawnField[]) {
  const { mrn, ...patientFields } = lavage.patient;
  const patient = await call('createPatient', {
    body: { ...patientFields, identifiers: [{ value: mrn, type: 'MRN', issuer: DEMO_LABORATORY }] },
    idempotencyKey: `demo-patient-${at}`,
  });
  const created =
    (await call('listLavages', { params: { patientId: patient.id } })).items[0] ??
    (await createLavage(call, patient.id, lavage));
  const form = new FormData();
  form.set('patient_id', patient.id);
  form.set('lavage_id', created.id);
  form.set('objective', '40x');
  form.set('microns_per_pixel', String(drawn[0].micronsPerPixel));
  for (const { png, name } of drawn)
    form.append('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), name);
  await uploadForm(call, form);
  return { patientId: patient.id, lavageId: created.id, drawn };
}

function createLavage(call: Call, patientId: string, lavage: DemoLavage) {
  const collectedOn = new Date(Date.now() - lavage.collectedDaysAgo * 86_400_000).toISOString().slice(0, 10);
  return call('createLavage', {
    params: { patientId },
    body: {
      collectedAt: `${collectedOn}T06:30:00.000Z`,
      site: lavage.site,
      instilledMl: lavage.instilledMl,
      recoveredMl: lavage.recoveredMl,
      smokingStatus: lavage.smokingStatus,
      cd4Cd8: lavage.cd4Cd8,
      request: {
        accessionNumber: lavage.accessionNumber,
        requester: 'Pulmonology',
        question: lavage.question,
      },
    },
  });
}

/** The bytes are recognised when they were uploaded before, so this needs no key. */
async function uploadForm(call: Call, form: FormData): Promise<void> {
  const { rejected } = await call('uploadImages', { body: form });
  if (rejected.length > 0)
    throw new Error(`The demonstration's own images were refused: ${JSON.stringify(rejected)}`);
}

async function waitForProcessing(admin: Call, deps: SeedDependencies): Promise<number> {
  const started = Date.now();
  let said = 0;
  for (;;) {
    const { samples } = await admin('overview', {});
    const waiting = samples.pending + samples.processing;
    if (waiting === 0 && samples.failed > 0) {
      throw new OperatorError(
        `${samples.failed} of the demonstration's fields could not be processed; the log says why. Mend that, then run npm run demo again.`,
      );
    }
    if (waiting === 0) return samples.completed;
    if (Date.now() - started > PATIENCE_MS) {
      throw new Error(
        `${waiting} fields were still waiting after ten minutes; the log says what the worker does.`,
      );
    }
    if (Date.now() - said > 5_000) {
      if (said > 0)
        deps.progress.say(`  ${samples.completed} of ${samples.completed + waiting} fields processed …`);
      said = Date.now();
    }
    await delay(500, undefined, { signal: deps.signal });
  }
}
