/** An error with the name and cause that Step Functions gives to the failure of a task. */
export class TaskStateError extends Error {
  /** Read by the engine: whether Retry and Catch may match the error. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  /** @param cause what the `Cause` field says */
  constructor(error: string, cause: string, options: { readonly terminal?: boolean } = {}) {
    super(cause);
    this.name = error;
    this.isRetryable = options.terminal !== true;
    this.isCatchable = this.isRetryable;
  }
}
