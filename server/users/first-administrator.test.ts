import { afterEach, beforeEach, expect, test } from 'vitest';
import { laboratories, laboratorySettings, users } from '../db/tables/people.ts';
import { insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { ensureAdministrator } from './first-administrator.ts';

let t: TestApp;
beforeEach(async () => {
  t = await createTestApp();
});
afterEach(() => t?.close());

const ensure = (email?: string, password?: string) =>
  ensureAdministrator({ db: t.db, passwords: t.deps.passwords }, { email, password });

test('the first start makes one administrator whose drawn password works; later starts make none [no-default-admin]', async () => {
  const started = await Promise.all([ensure(), ensure(), ensure()]);
  const logins = started.filter((login) => login !== undefined);
  expect(logins).toHaveLength(1);
  expect(logins[0].password.length).toBeGreaterThanOrEqual(20);
  const { user } = await t.anonymous('login', { body: logins[0] });
  expect(user).toMatchObject({ role: 'ADMIN', laboratory: { name: 'Default laboratory' }, canSign: false });
  expect(user.mustChangePassword).toBe(true);
  expect(await ensure('other@example.org', 'another long one')).toBeUndefined();
  expect(await t.db.select().from(users)).toHaveLength(1);
  expect(await t.db.select().from(laboratories)).toHaveLength(1);
  expect((await t.db.select().from(laboratorySettings))[0]).toMatchObject({ version: 1 });
});

test('takes the login that the operator gave', async () => {
  const given = { email: 'Chief@Example.org', password: 'chosen by the operator' };
  await ensure(given.email, given.password);
  const { user } = await t.anonymous('login', { body: given });
  expect(user).toMatchObject({ email: 'chief@example.org', mustChangePassword: false });
});

test('says so when the address belongs to somebody else', async () => {
  const { email } = await insertUser(t.db, 'UPLOADER');
  await expect(ensure(email, 'chosen by the operator')).rejects.toThrow(/ADMIN_EMAIL/);
});

test('refuses a password that attackers try first', async () => {
  await expect(ensure('chief@example.org', 'password1234')).rejects.toThrow(/ADMIN_PASSWORD/);
});
