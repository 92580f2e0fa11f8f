import { defineConfig, mergeConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** What takes too long for every change: `npm run test:long`, which CI runs. */
export default mergeConfig(
  shared,
  defineConfig({ test: { include: ['test/**/*.long.test.ts'], testTimeout: 300_000 } }),
);
