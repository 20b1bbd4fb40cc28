import { expect, test } from 'vitest';
import { fuzzApi } from '../testing/fuzz-api.ts';
import { createTestApp } from '../testing/test-app.ts';

/** bench/fuzz-api.ts sends many more. */
const REQUESTS = 800;

test('whatever is sent by whomever: no fault of the server, nothing undescribed, nothing of others seen or changed [CVE-2026-25927]', async () => {
  const t = await createTestApp({ backend: 'local' });
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { faults, sent } = await fuzzApi(t, { requests: REQUESTS, seed });
  await t.close();
  expect(faults, `seed ${seed}`).toEqual([]);
  expect(sent).toBe(REQUESTS);
});
