/**
 * Differences between MiniStack 1.5.33 and AWS that would fail a test of the suite. Each skips that
 * test on MiniStack. docs/contribute/testing.md lists them.
 */
export const MINISTACK_LIMITS = {
  errorNames:
    'the name of an error that a function throws is lost, so that ASL Retry cannot distinguish errors',
  timeToLive: 'the time to live of a table is not read from the template',
  authorization: 'the HTTP API accepts unsigned requests',
} as const;

export type MiniStackLimit = keyof typeof MINISTACK_LIMITS;
