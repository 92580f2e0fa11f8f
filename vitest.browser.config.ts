import { defineConfig } from 'vitest/config';

/** The page in a real browser, which not every machine has: apart from `npm test`. */
export default defineConfig({
  test: {
    include: ['test/browser/*.browser.ts'],
    globalSetup: 'test/global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
