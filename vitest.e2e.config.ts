import { defineConfig } from 'vitest/config';

/** The suites against a deployed stack: `npm run e2e` tells them which. Real time passes in them. */
export default defineConfig({
  test: {
    include: ['e2e/suite/*.e2e.ts'],
    // All of them wait most of the time.
    // In this process: Ctrl-C must not reach the tests before they have cleaned up.
    pool: 'threads',
    sequence: { concurrent: true },
    maxConcurrency: 8,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['verbose'],
  },
});
