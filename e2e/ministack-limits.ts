/** A test of the embedded stack, by its file from the project's folder and its name. */
interface StandIn {
  readonly file: string;
  readonly test: string;
}

/**
 * What MiniStack 1.5.33 answers otherwise than AWS, where a test of the suite would meet it, and what stands in for that
 * test. docs/e2e.md shows the same.
 */
export const MINISTACK_LIMITS = {
  errorNames: {
    wrong:
      'every error that a Lambda function throws is named `Runtime.HandlerError`, so that ASL Retry does not tell them apart',
    standIn: {
      file: 'test/workflow/ownership.test.ts',
      test: '%j fails with one clear error, no call to Aspose, no record and no event',
    },
  },
  asynchronousFailures: {
    wrong:
      'a function that a rule invokes is invoked once; its failure is not repeated, and goes to no destination',
    standIn: {
      file: 'test/workflow/submitted-events.test.ts',
      test: 'an event that cannot start a collection',
    },
  },
} as const satisfies Readonly<Record<string, { readonly wrong: string; readonly standIn: StandIn }>>;

export type MiniStackLimit = keyof typeof MINISTACK_LIMITS;
