/**
 * Where MiniStack 1.5.33 answers otherwise than AWS, so that a test of the suite would show its fault and not ours. docs/e2e.md
 * says what stands in for that test, and a test holds the two in step.
 */
export const MINISTACK_LIMITS = {
  errorNames:
    'an error that a function throws has another name than its own, so that ASL Retry cannot tell errors apart',
  asynchronousFailures:
    'a function that fails for a rule is not invoked again, and its event goes to no destination',
  timeToLive: "the table's time to live is not taken from the template",
  authorisation: 'the HTTP API answers unsigned requests',
} as const;

export type MiniStackLimit = keyof typeof MINISTACK_LIMITS;
