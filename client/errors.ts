import type { Image, Outcome, Task } from './types.ts';

/** How a task or an image failed. */
export interface Failure {
  /** The outcome of the task, or `Refused` for an image without a task. */
  readonly outcome: Exclude<Outcome, 'Completed'> | 'Refused';
  readonly reason: string | undefined;
  readonly messages: readonly string[];
  readonly task: Task | undefined;
  readonly image: Image | undefined;
}

/** A task that ended otherwise than Completed, or an image that was refused. */
export class TaskFailed extends Error implements Failure {
  override readonly name = 'TaskFailed';
  /** How the task ended. `Refused` means that the image got no task. */
  readonly outcome: Failure['outcome'];
  /** Why it ended, if the outcome has several causes. */
  readonly reason: string | undefined;
  /** Explanations for people, partly by Aspose. The message of this error omits them. */
  readonly messages: readonly string[];
  /** The record of the task. */
  readonly task: Task | undefined;
  /** The state of the image, if the client uploaded it. */
  readonly image: Image | undefined;

  constructor({ outcome, reason, messages, task, image }: Failure) {
    const subject = task === undefined ? `The image ${image?.imageId}` : `The task ${task.taskId}`;
    super(`${subject} ended as ${outcome}${reason === undefined ? '' : ` (${reason})`}`);
    this.outcome = outcome;
    this.reason = reason;
    this.messages = messages;
    this.task = task;
    this.image = image;
  }
}

/** What the HTTP API, or S3 for a file, says about a request that it does not serve. */
export interface Problem {
  readonly status: number;
  /** `urn:ocr-courier:problem:<Name>`, or `about:blank` for a response of AWS itself. */
  readonly type: string;
  readonly title: string;
  /** One sentence. */
  readonly detail: string;
  /** Identifies the request in the logs. */
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** The title of a problem with a link. The HTTP API has no such problem. */
export const S3_PROBLEM_TITLE = 'S3 refused the request';

/** A request that was not served. */
export class ApiProblem extends Error implements Problem {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  /** When the request may succeed, if the response says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor({ status, type, title, detail, requestId, retryAfterSeconds }: Problem) {
    super(detail);
    this.status = status;
    this.type = type;
    this.title = title;
    this.detail = detail;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What was waited for, as far as it was known. */
export interface Awaited {
  readonly timeoutSeconds: number;
  readonly taskId?: string | undefined;
  readonly imageId?: string | undefined;
  readonly batchId?: string | undefined;
}

/** The end did not come in time. What was waited for goes on. */
export class WaitTimedOut extends Error implements Awaited {
  override readonly name = 'WaitTimedOut';
  readonly timeoutSeconds: number;
  /** The task, to `wait` for it again. Undefined while an image has none. */
  readonly taskId: string | undefined;
  /** The image, to `waitForImage` again. Undefined before it was accepted. */
  readonly imageId: string | undefined;
  readonly batchId: string | undefined;

  constructor({ timeoutSeconds, taskId, imageId, batchId }: Awaited) {
    const ids = [
      ...(batchId === undefined ? [] : [`batch ${batchId}`]),
      ...(imageId === undefined ? [] : [`image ${imageId}`]),
      ...(taskId === undefined ? [] : [`task ${taskId}`]),
    ];
    super(`No end of ${ids.join(', ') || 'the image'} within ${timeoutSeconds} s`);
    this.timeoutSeconds = timeoutSeconds;
    this.taskId = taskId;
    this.imageId = imageId;
    this.batchId = batchId;
  }
}
