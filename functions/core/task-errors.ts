/** What is refused about a task: one class per reason. The messages are for callers, and repeat no input but a task id. */

/** There is no record of the task, or no longer: past its `expiresAt` a record is gone. */
export class TaskNotFound extends Error {
  override readonly name = 'TaskNotFound';

  constructor(taskId: string) {
    super(`taskId: there is no task ${taskId}, or its record has expired`);
  }
}

/** The task has ended: there is nothing to cancel. */
export class TaskEnded extends Error {
  override readonly name = 'TaskEnded';

  constructor(taskId: string, status: string) {
    super(`taskId: ${taskId} has ended as ${status}; only a task that is being collected can be cancelled`);
  }
}

/** The task has not ended yet: there are no results. */
export class TaskStillCollecting extends Error {
  override readonly name = 'TaskStillCollecting';
  readonly retryAfterSeconds: number;

  constructor(taskId: string, retryAfterSeconds: number) {
    super(`taskId: ${taskId} is still being collected; its results are there once it has ended`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The task has no such result, or Aspose sent no data for it. */
export class ResultNotFound extends Error {
  override readonly name = 'ResultNotFound';

  constructor(index: number, because: string) {
    super(`index: there is no document ${index}: ${because}`);
  }
}

/** There were documents, but they are kept for a time only. */
export class DocumentsGone extends Error {
  override readonly name = 'DocumentsGone';

  constructor(taskId: string) {
    super(`taskId: the documents of ${taskId} are gone`);
  }
}
