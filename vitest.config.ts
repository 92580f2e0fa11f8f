import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Fails only a test that hangs: on a busy machine, a command that starts the whole stack is slow.
 */
const HANG_TIMEOUT_MS = 120_000;
const LONG_TIMEOUT_MS = 300_000;

const defaults = {
  sequence: { shuffle: true },
  globalSetup: ['test/global-setup.ts'],
  setupFiles: ['test/support/fast-check-seed.ts'],
  testTimeout: HANG_TIMEOUT_MS,
  hookTimeout: HANG_TIMEOUT_MS,
  maxConcurrency: 3,
};

/** One project per command: `npm test` runs `unit`; package.json names the others. */
export default defineConfig({
  test: {
    // Vitest reserves one core for its own process, which is idle most of the time.
    maxWorkers: '100%',
    // The same order in every run. `--sequence.seed` sets another one.
    sequence: { seed: 1 },
    projects: [
      {
        test: {
          ...defaults,
          name: 'unit',
          // Importing the AWS SDK and CDK anew in every file would take a third of the time.
          isolate: false,
          // Spares each process seconds in a validator whose findings are only warnings here.
          // `npm run synth` and the global setup fail on them.
          env: { CDK_VALIDATION: 'false' },
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            'test/**/*.long.test.ts',
            'test/**/*.fault.test.ts',
            'test/package/**',
          ],
        },
      },
      {
        test: {
          ...defaults,
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          testTimeout: LONG_TIMEOUT_MS,
        },
      },
      {
        test: {
          ...defaults,
          name: 'faults',
          include: ['test/faults/**/*.fault.test.ts'],
          globalSetup: [...defaults.globalSetup, 'test/faults/layers/trusted-authority.ts'],
          // Tests that wait for timeouts wait at the same time.
          maxConcurrency: 16,
          testTimeout: LONG_TIMEOUT_MS,
        },
      },
      { test: { ...defaults, name: 'browser', include: ['test/browser/*.browser.ts'] } },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/package/pack.ts'],
          testTimeout: 2 * HANG_TIMEOUT_MS,
          hookTimeout: 2 * HANG_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/suite/*.e2e.ts'],
          // Threads: Ctrl-C must not reach the tests before they have deleted what they created.
          pool: 'threads',
          // The tests wait most of the time.
          sequence: { concurrent: true },
          maxConcurrency: 8,
          testTimeout: LONG_TIMEOUT_MS,
          hookTimeout: LONG_TIMEOUT_MS,
        },
      },
    ],
  },
});
