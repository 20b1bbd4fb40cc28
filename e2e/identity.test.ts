import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sessions } from '../server/db/tables/people.ts';
import { insertLaboratory, insertStaff, insertUser, TEST_PASSWORD } from '../server/testing/factories.ts';
import { fieldImage } from '../server/testing/image-files.ts';
import { createTestApp } from '../server/testing/test-app.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

type Identifier = { type: string; value: string; issuer: string };

const CHOSEN = 'seven quiet herons';

describe.skipIf(skipWithoutChromium())('getting in', () => {
  let system: RunningSystem;
  let browser: Browser;
  beforeAll(async () => {
    system = await startSystem();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
  });

  async function open(address: string): Promise<Page> {
    const page = await openPage(browser);
    await page.goto(new URL(address, system.origin).href);
    return page;
  }
  const isIn = (page: Page) => page.getByRole('button', { name: /^Account of/ }).waitFor();

  async function completedSample(identifiers: Identifier[] = []): Promise<string> {
    const { staff, t } = system;
    const call = t.as(staff.uploader);
    const patient = await call('createPatient', {
      body: { name: 'Ida', age: 61, gender: 'female', identifiers },
    });
    const form = new FormData();
    form.append('patient_id', patient.id);
    form.append('file', new Blob([new Uint8Array(await fieldImage())]), 'field_1.png');
    const { jobId } = (await call('uploadImages', { body: form })).samples[0];
    await vi.waitFor(
      async () => expect((await call('getSample', { params: { jobId } })).inferenceStatus).toBe('completed'),
      60_000,
    );
    return jobId;
  }

  test('a session that ends in the middle of a count asks for the password, and no edit is lost', async () => {
    const { staff, t } = system;
    const jobId = await completedSample();
    const stored = async () =>
      (await t.as(staff.annotator)('listAnnotations', { params: { jobId }, query: {} })).items;
    const page = await open(`/samples/${jobId}`);
    await signIn(page, staff.annotator.email);
    const image = page.getByLabel(/^Image with its cells/);
    await image.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('4');
    await page.getByText('All changes saved').waitFor();
    await vi.waitFor(async () => expect(await stored()).toHaveLength(1));

    await t.db
      .update(sessions)
      .set({ endedAt: sql`now()` as never })
      .where(eq(sessions.userId, staff.annotator.id));
    let loads = 0;
    page.on('load', () => loads++);
    await page.keyboard.press('Tab');
    await page.keyboard.press('5');
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    expect(await dialog.getByLabel('Email').inputValue()).toBe(staff.annotator.email);
    expect(await stored()).toHaveLength(1);
    await dialog.getByLabel('Password', { exact: true }).fill('not the password');
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await dialog.getByText('Email or password is wrong').waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill(TEST_PASSWORD);
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await vi.waitFor(async () => expect(await stored()).toHaveLength(2), 20_000);
    await page.getByText('All changes saved').waitFor();
    expect(loads).toBe(0);
    await page.context().close();
  }, 180_000);

  test('a pathologist from elsewhere reads an image in an emergency, and is offered nothing that changes it', async () => {
    const { t } = system;
    const identifier = { type: 'MRN', value: 'E-2041', issuer: 'Riverside' };
    const jobId = await completedSample([identifier]);
    const { annotator } = await insertStaff(t.db);
    const reason = 'Intubated in our emergency room tonight';
    await t.as(annotator)('openEmergencyAccess', { body: { identifier, reason } });
    const page = await open(`/samples/${jobId}`);
    await signIn(page, annotator.email);
    await page.getByText(/^Emergency access until/).waitFor();
    await page.getByLabel(/^Image with its cells/).waitFor();
    await page.getByRole('tab', { name: 'Differential' }).waitFor();
    await vi.waitFor(async () => {
      expect(await page.getByRole('button', { name: 'Mark field complete' }).count()).toBe(0);
      expect(await page.getByRole('tab', { name: 'Diagnosis' }).count()).toBe(0);
    });

    await page.getByRole('link', { name: 'Patients' }).click();
    const chip = page.getByRole('table', { name: 'Patients' }).getByText('Emergency access');
    await chip.hover();
    await page.getByRole('tooltip', { name: /^Until .*, for reading only$/ }).waitFor();
    await page.context().close();

    const admin = await open('/admin/activity');
    await signIn(admin, system.staff.admin.email);
    await admin.getByRole('button', { name: `End the access of ${annotator.name}` }).click();
    await admin.getByRole('button', { name: `Allow ${annotator.name} to open the patient again` }).click();
    await admin.getByRole('table', { name: /^Ended/ }).waitFor({ state: 'detached' });
    await t.as(annotator)('openEmergencyAccess', { body: { identifier, reason } });
    await admin.context().close();
  }, 120_000);

  test('an authenticator is set up on the account page, asked for at the sign-in, and replaced by a recovery code', async () => {
    const user = await insertUser(system.t.db, 'UPLOADER', { hospitalId: system.staff.hospital.id });
    const page = await open('/account');
    await signIn(page, user.email);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.getByRole('button', { name: 'Set up authenticator' }).click();
    await page.getByLabel('Current password').fill(TEST_PASSWORD);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('img', { name: "QR code of the authenticator's secret" }).waitFor();
    const key = await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).innerText();
    const totp = new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) });
    const codeBox = page.getByLabel('Code that it shows');
    await codeBox.fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page
      .getByText(/The code is wrong/)
      .first()
      .waitFor();
    await codeBox.fill(totp.generate());
    await page.getByRole('button', { name: 'Confirm' }).click();
    const list = page.getByRole('list', { name: 'Recovery codes' });
    await list.waitFor();
    const codes = await list.getByRole('listitem').allInnerTexts();
    expect(codes).toHaveLength(10);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText(/10 recovery codes left/).waitFor();
    await page.context().close();

    const elsewhere = await open('/account');
    await signIn(elsewhere, user.email);
    await elsewhere.getByLabel('Code').fill('000000');
    await elsewhere.getByRole('button', { name: 'Confirm' }).click();
    await elsewhere.getByText(/The code is wrong/).waitFor();
    await elsewhere.getByLabel('Code').fill(codes[0]);
    await elsewhere.getByRole('button', { name: 'Confirm' }).click();
    await elsewhere.getByText(/9 recovery codes left/).waitFor();
    await elsewhere.context().close();
  }, 120_000);

  test('the account page changes the name, shows sessions and ends those elsewhere', async () => {
    const user = await insertUser(system.t.db, 'UPLOADER', { hospitalId: system.staff.hospital.id });
    const other = await open('/');
    await signIn(other, user.email);
    await isIn(other);
    const page = await open('/account');
    await signIn(page, user.email);
    await page.getByLabel('Full name').fill('Dr Renamed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Account of Dr Renamed' }).waitFor();
    const table = page.getByRole('table', { name: 'Sessions' });
    await table.getByText('Chrome on Linux').nth(1).waitFor();
    await table.getByRole('button', { name: 'Sign out' }).click();
    await table.getByRole('button', { name: 'Sign out' }).waitFor({ state: 'detached' });
    await other.getByRole('link', { name: 'Patients' }).click();
    await other.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await Promise.all([page.context().close(), other.context().close()]);
  }, 120_000);

  test('a one-time link sets a password, once, and its secret leaves the address bar', async () => {
    const { staff, t } = system;
    const user = await insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
    const { link } = await t.as(staff.admin)('resetPassword', { params: { id: user.id } });
    const page = await open(link);
    await page.getByLabel('New password', { exact: true }).fill('password1');
    expect(new URL(page.url()).hash).toBe('');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText(/^Many people use this password/).waitFor();
    await page.getByLabel('New password', { exact: true }).fill(CHOSEN);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password was changed').waitFor();
    await page.getByRole('link', { name: 'Sign in', exact: true }).click();
    await signIn(page, user.email, CHOSEN);
    await isIn(page);
    const again = await open(link);
    await again.getByLabel('New password', { exact: true }).fill('another long one');
    await again.getByRole('button', { name: 'Change password' }).click();
    await again.getByText(/Ask an administrator for a new one/).waitFor();
    await Promise.all([page.context().close(), again.context().close()]);
  }, 120_000);

  test('who signs in with a drawn password chooses another before anything else', async () => {
    const { staff, t } = system;
    const body = {
      name: 'Noa',
      email: 'noa@example.org',
      role: 'UPLOADER',
      hospital: { id: staff.hospital.id },
    } as const;
    const { oneTimePassword } = await t.as(staff.admin)('createUser', { body });
    const page = await open('/patients');
    await signIn(page, body.email, oneTimePassword);
    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await signIn(page, body.email, oneTimePassword);
    await page.getByLabel('Current password').fill(oneTimePassword);
    await page.getByLabel('New password', { exact: true }).fill(oneTimePassword);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Choose another one than the current one.').waitFor();
    await page.getByLabel('New password', { exact: true }).fill(CHOSEN);
    await page.getByRole('button', { name: 'Change password' }).click();
    await isIn(page);
    await page.context().close();
  }, 120_000);

  test.each(['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)'])(
    'next=%s goes home after the sign-in [CVE-2021-21377]',
    async (next) => {
      const user = await insertUser(system.t.db, 'UPLOADER', { hospitalId: system.staff.hospital.id });
      const page = await open(`/sign-in?next=${encodeURIComponent(next)}`);
      await signIn(page, user.email);
      await isIn(page);
      expect(page.url()).toBe(`${system.origin}/`);
      await page.context().close();
    },
    120_000,
  );

  test('a registration brings the token of the captcha where one is configured', async () => {
    const asked: URLSearchParams[] = [];
    const verifier = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      asked.push(new URLSearchParams(Buffer.concat(chunks).toString()));
      response.end(JSON.stringify({ success: true, hostname: '127.0.0.1', action: 'register', score: 0.9 }));
    }).listen(0, '127.0.0.1');
    await once(verifier, 'listening');
    const { port } = verifier.address() as AddressInfo;
    const verifyUrl = `http://127.0.0.1:${port}/siteverify`;
    const http = {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://127.0.0.1',
      corsOrigins: [],
      trustedProxies: [],
    };
    const recaptcha = { secret: 'the-secret', siteKey: 'the-site-key', verifyUrl };
    const t = await createTestApp({ config: { http, recaptcha } });
    try {
      await insertLaboratory(t.db);
      await insertStaff(t.db);
      const origin = await t.app.listen({ host: '127.0.0.1', port: 0 });
      const page = await open('about:blank');
      await page.route('https://www.google.com/recaptcha/api.js?render=the-site-key', (route) =>
        route.fulfill({
          contentType: 'text/javascript',
          body: `window.grecaptcha = {
            ready: (done) => done(),
            execute: async (key, { action }) => key + ' ' + action,
          };`,
        }),
      );
      await page.goto(`${origin}/sign-in`);
      await page.getByRole('link', { name: 'Register', exact: true }).click();
      await page.waitForFunction(() => 'grecaptcha' in window);
      await page.getByLabel('Full name').fill('Dr New');
      await page.getByLabel('Email').fill('new@example.org');
      await page.getByLabel('Password', { exact: true }).fill(CHOSEN);
      await page.getByLabel('Hospital').fill('Lakeside');
      await page.getByLabel('Location').fill('Lakeville');
      await page.getByRole('button', { name: 'Register' }).click();
      await page.getByText('Your account is ready').waitFor();
      expect(asked.map((form) => form.get('response'))).toEqual(['the-site-key register']);
      // Nor does what Google loads into the page stay there.
      await page.waitForFunction(() => !('grecaptcha' in window));
      await page.getByText('Your account is ready').waitFor();
      await page.context().close();
    } finally {
      await t.close();
      verifier.close();
    }
  }, 120_000);
});
