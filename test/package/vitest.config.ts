import { defineConfig } from 'vitest/config';

/** The tests of what `npm pack` ships: `npm run test:package`. They build it first, which takes its time. */
export default defineConfig({
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
