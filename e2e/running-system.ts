import { existsSync } from 'node:fs';
import path from 'node:path';
import { openJobs } from '../server/adapters.ts';
import type { Config } from '../server/config.ts';
import { findFreePort } from '../server/db/postgres-process.ts';
import { insertStaff } from '../server/testing/factories.ts';
import { createTestApp, type TestApp } from '../server/testing/test-app.ts';
import { startWorker } from '../server/worker.ts';

const BUILT_PAGE = path.resolve(import.meta.dirname, '../dist/web/index.html');

export interface RunningSystem extends AsyncDisposable {
  origin: string;
  staff: Awaited<ReturnType<typeof insertStaff>>;
  t: TestApp;
}

/** API with the built web application, worker and database on loopback, with a laboratory's staff. */
export async function startSystem(limits: Partial<Config['limits']> = {}): Promise<RunningSystem> {
  if (!existsSync(BUILT_PAGE)) throw new Error('dist/web is missing: run `npm run build` first');
  await using opening = new AsyncDisposableStack();
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const t = opening.adopt(
    await createTestApp({
      config: {
        http: { host: '127.0.0.1', port, publicUrl: origin, corsOrigins: [], trustedProxies: [] },
        limits,
      },
    }),
    (app) => app.close(),
  );
  const { config, log, database, objects } = t.deps;
  const jobs = await openJobs({ config, database, log }, { runsJobs: true });
  opening.adopt(await startWorker({ config, log, database, objects, jobs }), (worker) => worker.stop());
  await t.app.listen({ host: '127.0.0.1', port });
  const staff = await insertStaff(t.db);
  const running = opening.move();
  return { origin, staff, t, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
