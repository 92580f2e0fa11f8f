import type { ImageInput } from '../contracts/image-input.ts';
import { type CloseImagePorts, closeImage, type ImageClosing } from './close-image.ts';
import { type Closing, closeTask, type EndedExecution } from './close-task.ts';
import { noteImageEnd } from './end-image.ts';
import { endUnendedReplaced } from './lost-task.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';
import { isTerminal } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

/** A record whose lease has expired: of a task or of an image. */
export type ExpiredLease = { readonly executionArn: string } & (
  | { readonly taskId: string }
  | { readonly imageId: string }
);

export interface ExpiredLeases {
  /**
   * Images and tasks that are unpublished or open and whose lease expired before `now`. Unpublished
   * ones come first. Open ones that started at `from` come next; the others follow in turn.
   */
  expiredLeases(now: number, from: number): AsyncIterable<ExpiredLease>;
}

export interface ExecutionStatuses {
  /** Returns how the execution ended; undefined while it runs. */
  endOf(executionArn: string): Promise<EndedExecution['status'] | undefined>;
}

export interface SweepTasksPorts extends CloseImagePorts {
  readonly index: ExpiredLeases;
  readonly executions: ExecutionStatuses;
  sleep(seconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** Time left in this invocation. */
  remainingSeconds(): number;
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
  /** Called for each task or image that could not be closed. The next sweep tries again. */
  onFailure(id: string, error: unknown): void;
}

/**
 * DescribeExecution allows 10 to 15 calls per second in an account, after a burst of 300. Others
 * need the rest.
 */
export const SECONDS_PER_EXECUTION = 0.2;

/** Enough for one more task, with all retries of the AWS SDK. */
const RESERVED_SECONDS = 30;

/**
 * Closes tasks and images whose execution has ended without closing them. AWS delivers the
 * status-change events of executions on a best-effort basis, so one may never arrive.
 *
 * @returns what was published
 */
export async function sweepTasks(ports: SweepTasksPorts): Promise<Published[]> {
  const published: Published[] = [];
  const now = ports.now();
  // A random place, so that thousands of throttled executions cannot hide an ended one forever.
  const from = now - ports.random() * RESULT_LIFETIME_SECONDS * 1000;
  for await (const lease of ports.index.expiredLeases(now, from)) {
    if (ports.remainingSeconds() < RESERVED_SECONDS) break;
    try {
      const closing =
        'taskId' in lease
          ? await closeAbandonedTask(lease.taskId, lease.executionArn, ports)
          : await closeAbandonedImage(lease.imageId, lease.executionArn, ports);
      if (closing !== undefined && closing.kind !== 'Nothing') published.push(closing);
    } catch (error) {
      ports.onFailure('taskId' in lease ? lease.taskId : lease.imageId, error);
    }
    await ports.sleep(SECONDS_PER_EXECUTION);
  }
  return published;
}

/** An event that the sweep published. */
export type Published = Exclude<ImageClosing, { kind: 'Nothing' }>;

async function closeAbandonedTask(
  taskId: string,
  executionArn: string,
  ports: SweepTasksPorts,
): Promise<Closing | undefined> {
  const status = await ports.executions.endOf(executionArn);
  if (status === undefined) return undefined;
  const record = await ports.records.read(taskId);
  if (record?.executionArn !== executionArn) return undefined;
  // The execution may have ended and published since it was listed.
  if (record.outcome !== undefined && record.terminalEvent !== 'Pending') return undefined;
  const { operation, generation, submittedAt, correlation, imageId } = record;
  const image = imageId === undefined ? undefined : await ports.images.read(imageId);
  // Another task has replaced it, so it has no event.
  if (record.outcome === undefined && image?.taskIds.at(-2) === taskId) {
    await endUnendedReplaced(image, ports.records, ports.now());
    return undefined;
  }
  const execution = { executionArn, startedAt: Date.parse(record.startedAt), status };
  const task = { taskId, operation, generation, ...withoutUndefined({ submittedAt, correlation }) };
  return await closeTask(execution, task, ports);
}

async function closeAbandonedImage(
  imageId: string,
  executionArn: string,
  ports: SweepTasksPorts,
): Promise<ImageClosing | undefined> {
  const record = await ports.images.read(imageId);
  if (record?.source === undefined || record.executionArn !== executionArn) return undefined;
  const taskId = record.taskIds.at(-1);
  const task = taskId === undefined ? undefined : await ports.records.read(taskId);
  // The sweep publishes the event of a task, if that is pending, when it comes to the task.
  if (task !== undefined && isTerminal(task)) return void (await noteImageEnd(imageId, task, ports));
  // The task has a lease of its own while it is open.
  if (task !== undefined && Date.parse(task.leaseExpiresAt) > ports.now()) return undefined;
  const status = await ports.executions.endOf(executionArn);
  if (status === undefined) return undefined;
  const { source, operation, generation, correlation } = record;
  const input: ImageInput = { source, operation, generation, ...withoutUndefined({ correlation }) };
  const execution = { executionArn, startedAt: Date.parse(record.startedAt), status };
  return await closeImage(execution, { imageId, input, maxUploads: ports.maxUploads }, ports);
}
