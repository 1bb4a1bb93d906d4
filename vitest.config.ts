import { defineConfig } from 'vitest/config';

const REPLICATION = 'test/integration/replication/**/*.test.ts';

/** What is to come soon may take a while on a machine that does everything at once. */
const expect = { poll: { timeout: 10_000 } };

/** Tests that share servers, and so take turns. */
const onServers = {
  expect,
  globalSetup: ['test/support/servers-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  fileParallelism: false,
};

export default defineConfig({
  test: {
    projects: [
      // They run beside the others, on perhaps two processors: some take seconds there.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, expect } },
      // With servers of their own, so that both halves can run side by side.
      { test: { name: 'replication', include: [REPLICATION], ...onServers } },
      {
        test: { name: 'integration', include: ['test/integration/**/*.test.ts'], exclude: [REPLICATION], ...onServers },
      },
      {
        test: {
          name: 'e2e',
          expect,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
