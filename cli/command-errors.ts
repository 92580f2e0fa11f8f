/** A mistake of the user, found before anything was started. Exit status 2, or HTTP 400. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The exit status of a command that Ctrl-C interrupts. */
export const INTERRUPTED_STATUS = 130;

/** A failure that is not a defect: its message says in one line what happened. Exit status 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The HTTP API rejected a request, or S3 an upload. HTTP 502. */
export class UploadRejectedError extends CommandError {
  override readonly name = 'UploadRejectedError';
}
