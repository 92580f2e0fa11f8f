import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';

/** What all our tests share. */
export const shared = defineConfig({
  test: {
    globalSetup: 'test/global-setup.ts',
    sequence: { shuffle: true },
    // Against hanging only: on a busy machine, a command that starts the whole stack takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 3,
    // Vitest would leave one core to itself, which mostly waits.
    maxWorkers: '100%',
  },
});

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: ['test/**/*.test.ts'],
      // Each has a run of its own: `npm run test:long`, `npm run test:faults`, `npm run test:package`.
      exclude: [
        ...configDefaults.exclude,
        'test/**/*.long.test.ts',
        'test/**/*.fault.test.ts',
        'test/package/**',
      ],
    },
  }),
);
