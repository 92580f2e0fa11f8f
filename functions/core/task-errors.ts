/**
 * Errors about a task that callers see, one class per cause. The only input that the
 * messages repeat is the task id.
 */

/** The task id is already in use for a task of another operation. */
export class TaskConflict extends Error {
  override readonly name = 'TaskConflict';

  constructor(taskId: string, requestedOperation: string, recordedOperation: string) {
    super(
      `taskId: ${taskId} is recorded for ${recordedOperation}; it cannot be collected for ${requestedOperation}`,
    );
  }
}

/** There is no record of the image, or the record has expired. */
export class ImageNotFound extends Error {
  override readonly name = 'ImageNotFound';

  constructor(imageId: string) {
    super(`imageId: there is no image ${imageId}, or its record has expired`);
  }
}

/** The id of the image is in use for another object. */
export class ImageConflict extends Error {
  override readonly name = 'ImageConflict';

  constructor(imageId: string) {
    super(`imageId: ${imageId} is recorded for another object`);
  }
}

/** There is no record of the task, or the record has expired. */
export class TaskNotFound extends Error {
  override readonly name = 'TaskNotFound';

  constructor(taskId: string) {
    super(`taskId: there is no task ${taskId}, or its record has expired`);
  }
}

/** The id of the batch is in use for another request, or was in the last 90 days. */
export class BatchConflict extends Error {
  override readonly name = 'BatchConflict';

  constructor(batchId: string) {
    super(`batchId: ${batchId} is in use for another request; ids stay in use for 90 days`);
  }
}

/** There is no record of the batch, or the record has expired. */
export class BatchNotFound extends Error {
  override readonly name = 'BatchNotFound';

  constructor(batchId: string) {
    super(`batchId: there is no batch ${batchId}, or its record has expired`);
  }
}

/** The batch has ended, so there is nothing to cancel. */
export class BatchEnded extends Error {
  override readonly name = 'BatchEnded';

  constructor(batchId: string, status: string) {
    super(`batchId: ${batchId} has ended as ${status}; only a batch that has not ended can be cancelled`);
  }
}

/** The batch has not ended, so it has no complete results yet, and cannot be retried. */
export class BatchStillRunning extends Error {
  override readonly name = 'BatchStillRunning';
  readonly retryAfterSeconds: number;

  constructor(batchId: string, retryAfterSeconds: number) {
    super(`batchId: ${batchId} has not ended; once it has, its results can be read and it can be retried`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The batch has no item that a retry would collect. */
export class NothingToRetry extends Error {
  override readonly name = 'NothingToRetry';

  constructor(batchId: string, cause: string) {
    super(`batchId: ${batchId} has no item to retry: ${cause}`);
  }
}

/** The retention period of the batch's results is over. */
export class BatchResultsGone extends Error {
  override readonly name = 'BatchResultsGone';

  constructor(batchId: string) {
    super(`batchId: the results of ${batchId} have been deleted`);
  }
}

/** The task has ended, so there is nothing to cancel. */
export class TaskEnded extends Error {
  override readonly name = 'TaskEnded';

  constructor(taskId: string, status: string) {
    super(`taskId: ${taskId} has ended as ${status}; only a task that is being collected can be cancelled`);
  }
}

/** The task has not ended, so there are no results yet. */
export class TaskStillCollecting extends Error {
  override readonly name = 'TaskStillCollecting';
  readonly retryAfterSeconds: number;

  constructor(taskId: string, retryAfterSeconds: number) {
    super(`taskId: ${taskId} is still being collected; its results are available once it has ended`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The task has no result at this index, or Aspose sent no data for it. */
export class ResultNotFound extends Error {
  override readonly name = 'ResultNotFound';

  constructor(index: number, cause: string) {
    super(`index: there is no document ${index}: ${cause}`);
  }
}

/** The documents' retention period is over. */
export class DocumentsGone extends Error {
  override readonly name = 'DocumentsGone';

  constructor(taskId: string) {
    super(`taskId: the documents of ${taskId} have been deleted`);
  }
}
