import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import type { Clock } from '../clock.ts';
import { declaredBytes } from '../read-body.ts';
import { createTurns } from '../turns.ts';
import { MAX_BODY_BYTES, readBody } from './http-messages.ts';
import {
  type ConnectionFault,
  createSequence,
  type RawResponse,
  type ScriptedResponse,
} from './scripted-responses.ts';
import type { AcceptedUpload, ScriptedUpload } from './scripted-uploads.ts';
import { readSubmission } from './submission.ts';

/** A task that an upload has created. */
export interface CreatedTask {
  readonly taskId: string;
  readonly operation: OperationName;
  /** Milliseconds since the epoch, on the simulator's clock. */
  readonly at: number;
}

export interface UploadEndpoint {
  /** All tasks that uploads have created, in order. */
  readonly createdTasks: CreatedTask[];
  /** Scripts uploads: to one operation, or to all operations without a script of their own. */
  script(uploads: readonly ScriptedUpload[], operation?: OperationName): void;
  /**
   * Receives one upload and returns its response.
   *
   * @throws RequestError for an invalid or unsupported submission that the script accepts
   */
  receive(operation: OperationName, request: IncomingMessage): Promise<RawResponse | ConnectionFault>;
}

export interface UploadEndpointOptions {
  readonly clock: Clock;
  /** Checks a submission, creates its task, and returns the task's id. */
  readonly submit: (operation: OperationName, submission: string) => Promise<string>;
  /** Scripts the fetches of a task. */
  readonly scriptTask: (taskId: string, fetches: readonly ScriptedResponse[]) => void;
}

export function createUploadEndpoint({ clock, submit, scriptTask }: UploadEndpointOptions): UploadEndpoint {
  const takeTurn = createTurns(MAX_BODY_BYTES);
  const createdTasks: CreatedTask[] = [];
  const scripts = new Map<OperationName, () => ScriptedUpload>();
  let nextOfOthers = createSequence<ScriptedUpload>([{ accept: {} }]);

  return {
    createdTasks,

    script(uploads, operation) {
      const next = createSequence(uploads);
      if (operation === undefined) nextOfOthers = next;
      else scripts.set(operation, next);
    },

    async receive(operation, request) {
      const next = scripts.get(operation) ?? nextOfOthers;
      const upload = next();
      if ('accept' in upload) {
        const taskId = await readWhole(request, (body) => createTask(operation, body, upload.accept));
        return rawTaskId(taskId, upload);
      }
      if (upload.when === 'beforeBody') return upload;
      if (upload.when === 'duringBody') {
        await readFirstBytes(request);
        return upload;
      }
      await readWhole(request, async () => {});
      if ('createsTask' in upload && upload.createsTask === true) recordTask(randomUUID(), operation);
      return upload;
    },
  };

  function readWhole<T>(request: IncomingMessage, use: (body: string) => Promise<T>): Promise<T> {
    return takeTurn(declaredBytes(request, MAX_BODY_BYTES), async () => use(await readBody(request)));
  }

  async function createTask(
    operation: OperationName,
    body: string,
    { fetches }: AcceptedUpload['accept'],
  ): Promise<string> {
    if (fetches === undefined) return recordTask(await submit(operation, body), operation);
    if (OPERATIONS[operation].input !== 'text') readSubmission(body);
    const taskId = recordTask(randomUUID(), operation);
    scriptTask(taskId, fetches);
    return taskId;
  }

  function recordTask(taskId: string, operation: OperationName): string {
    createdTasks.push({ taskId, operation, at: clock.now() });
    return taskId;
  }
}

function rawTaskId(taskId: string, { delaySeconds }: AcceptedUpload): RawResponse {
  return {
    httpStatus: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: taskId,
    ...withoutUndefined({ delaySeconds }),
  };
}

/** Leaves the rest of the body unread, so that a large one stays in the client. */
async function readFirstBytes(request: IncomingMessage): Promise<void> {
  await request.iterator({ destroyOnReturn: false }).next();
}
