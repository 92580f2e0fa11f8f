/** Bad usage: one line that says what was wrong, what was got and what is allowed. Nothing was started. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A task could not be submitted: one line that says why. */
export class SubmitError extends Error {
  override readonly name = 'SubmitError';
}

/** What came of a task could not be written: one line that says where and why. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Ctrl-C. */
export class CommandCancelled extends Error {
  override readonly name = 'CommandCancelled';
}
