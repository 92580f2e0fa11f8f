import { defineConfig, mergeConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** Every fault of docs/faults.md at its real place: `npm run test:faults`, which CI runs. */
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: ['test/faults/**/*.fault.test.ts'],
      globalSetup: ['test/faults/trusted-authority.ts'],
      // Those that wait for time-outs do it together.
      maxConcurrency: 16,
      testTimeout: 300_000,
    },
  }),
);
