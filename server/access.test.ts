import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressesOf, api } from '../contract/api.ts';
import { ALL_ROLES, type Role, type RouteDefinition } from '../contract/route.ts';
import { insertStaff } from './testing/factories.ts';
import { createTestApp, type TestApp } from './testing/test-app.ts';

let t: TestApp;
let tokens: Record<Role, string>;
beforeAll(async () => {
  t = await createTestApp();
  const { admin, uploader, annotator } = await insertStaff(t.db);
  tokens = {
    ADMIN: await t.tokenOf(admin),
    UPLOADER: await t.tokenOf(uploader),
    ANNOTATOR: await t.tokenOf(annotator),
  };
});
afterAll(() => t?.close());

const guarded = Object.entries(api as Record<string, RouteDefinition>).filter(
  ([, { access }]) => access !== 'public',
);

test.each(guarded)(
  '%s answers nobody without a session, and no role it is not for [CVE-2026-25927]',
  async (_, route) => {
    for (const { path, access } of addressesOf(route)) {
      const url = path.replace(/:\w+/g, crypto.randomUUID());
      expect((await t.inject({ method: route.method, url })).statusCode).toBe(401);
      for (const role of ALL_ROLES) {
        if (access.includes(role)) continue;
        const headers = { authorization: `Bearer ${tokens[role]}` };
        expect((await t.inject({ method: route.method, url, headers })).statusCode).toBe(403);
      }
    }
  },
);
