import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // As patient as clicks in the browser are: what is waited for may be a save, on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: ['*.test.ts', '{core,contract,web,bench}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'server',
          include: ['{server,bin,e2e}/**/*.test.ts'],
          globalSetup: ['server/testing/postgres.ts', 'server/testing/aws-endpoint.ts'],
        },
      },
    ],
  },
});
