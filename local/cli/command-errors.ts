/** A mistake of the user, found before anything was started. Exit status 2, or HTTP 400. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure that is not a defect: its message says in one line what happened. Exit status 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** Aspose or the HTTP API did not accept a file or its task. HTTP 502. */
export class SubmitError extends CommandError {
  override readonly name = 'SubmitError';
}
