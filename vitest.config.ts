import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What npm pack ships has a run of its own: `npm run test:package`.
    exclude: ['test/package/**'],
    globalSetup: 'test/global-setup.ts',
    sequence: { shuffle: true },
    // Against hanging only: on a busy machine, a command that starts the whole stack takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 3,
  },
});
