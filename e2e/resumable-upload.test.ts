import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../bench/tcp-proxy.ts';
import { samples } from '../server/db/tables/patients.ts';
import { insertPatient } from '../server/testing/factories.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { fieldImages } from './field-images.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const MIB = 1024 * 1024;
/** As the page cuts files. */
const PIECE_BYTES = 16 * MIB;
const NAME = 'Ingrid Solheim slide 1.jpg';
const PATIENCE = { timeout: 60_000 };

describe.skipIf(skipWithoutChromium())('an upload that is interrupted half-way', () => {
  let system: RunningSystem;
  let proxy: TcpProxy;
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    system = await startSystem();
    proxy = await startTcpProxy(Number(new URL(system.origin).port));
    browser = await launchChromium();
    folder = await mkdtemp(path.join(os.tmpdir(), 'balscope-resumable-'));
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await system?.[Symbol.asyncDispose]();
    if (folder) await rm(folder, { recursive: true });
  });

  /** A real image with so much behind its end that it travels in three pieces. */
  async function largeFile(): Promise<string> {
    const [image] = await fieldImages(1);
    const file = path.join(folder, NAME);
    await rm(file, { force: true });
    await appendFile(file, Buffer.concat([await readFile(image), randomBytes(2.3 * PIECE_BYTES)]));
    return file;
  }

  async function openPatient() {
    const patient = await insertPatient(system.t.db, system.staff.uploader);
    const page = await openPage(browser);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goto(`http://127.0.0.1:${proxy.port}/patients/${patient.id}`);
    await signIn(page, system.staff.uploader.email);
    await page.getByRole('heading', { name: patient.name }).waitFor();
    return { page, patientId: patient.id };
  }

  /** Runs once, as the second piece begins to travel. */
  async function atSecondPiece(page: Page, act: (route: Route) => Promise<void>): Promise<void> {
    const reached = Promise.withResolvers<void>();
    let count = 0;
    await page.route('**/api/v1/uploads/*', async (route, request) => {
      const isSecond =
        request.method() === 'PATCH' && request.headers()['upload-offset'] === `${PIECE_BYTES}`;
      if (!isSecond || count++ > 0) return route.continue();
      await act(route);
      reached.resolve();
    });
    return reached.promise;
  }

  async function expectStoredOnce(patientId: string, file: string): Promise<void> {
    const rows = await system.t.db.select().from(samples).where(eq(samples.patientId, patientId));
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    expect(rows.map((row) => row.sha256)).toEqual([sha256]);
    expect(rows[0].originalFilename).toBe(NAME);
    await system.t.deps.objects.read(rows[0].s3Key, { sha256 });
  }

  async function expectNothingStoredInBrowser(page: Page): Promise<void> {
    const stored = await page.evaluate(async () =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases()]),
    );
    expect(stored).not.toMatch(/Ingrid|uploads|tus/i);
  }

  test('by a lost connection says so, goes on by itself and is there once, whole', async () => {
    const { page, patientId } = await openPatient();
    const file = await largeFile();
    const cut = atSecondPiece(page, async (route) => {
      proxy.behave('reset');
      await route.continue();
    });
    await page.getByLabel('Image files').setInputFiles(file);
    await cut;
    await page.getByText('The connection is lost.').waitFor();
    proxy.behave('pass');
    await page.getByRole('list', { name: 'Uploads' }).getByText('Uploaded').waitFor(PATIENCE);
    await expectStoredOnce(patientId, file);
    await page.context().close();
  }, 120_000);

  test('by a reload goes on where it was when the same file is chosen again', async () => {
    const { page, patientId } = await openPatient();
    const file = await largeFile();
    const reached = atSecondPiece(page, async () => {});
    await page.getByLabel('Image files').setInputFiles(file);
    await reached;
    await expectNothingStoredInBrowser(page);
    await page.reload();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.getByRole('list', { name: 'Unfinished uploads' }).getByText(/43 %/).waitFor();
    const offsets: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') offsets.push(request.headers()['upload-offset']);
    });
    await page.getByLabel('Image files').setInputFiles(file);
    await page.getByRole('list', { name: 'Uploads' }).getByText('Uploaded').waitFor(PATIENCE);
    expect(offsets).toEqual([`${PIECE_BYTES}`, `${2 * PIECE_BYTES}`]);
    await expectStoredOnce(patientId, file);
    await expectNothingStoredInBrowser(page);
    await expect.poll(() => page.getByRole('list', { name: 'Unfinished uploads' }).count()).toBe(0);
    await page.context().close();
  }, 120_000);
});
