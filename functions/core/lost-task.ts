import type { ImageRecord } from '../contracts/image-record.ts';
import type { Outcome } from '../contracts/outcomes.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { type Ending, ending } from './assess-poll.ts';
import { closeRecord, NOTHING_STORED, type TaskRecords, type TerminalRecord } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

/**
 * Lost tasks: Aspose has no result for them and never will. The image of a lost task is uploaded
 * again while `maxUploads` allows it. A task that Aspose failed to recognize is not lost.
 */
const LOST_OUTCOMES: readonly Outcome[] = ['NotFound', 'Expired', 'TimedOut'];

export function isLost({ outcome }: Ending): boolean {
  return LOST_OUTCOMES.includes(outcome);
}

/** The record of a lost task. It stays open until another task replaces it, or none can. */
export function markLost(record: TaskRecord, end: Ending, now: number, leaseSeconds: number): TaskRecord {
  const { outcome, reason, messages, warnings, responseStatusCode } = end;
  const { nextPollAt: _, ...kept } = record;
  return {
    ...kept,
    lostAs: {
      outcome,
      messages: [...messages],
      warnings: [...warnings],
      responseStatusCode,
      ...withoutUndefined({ reason }),
    },
    leaseExpiresAt: new Date(now + leaseSeconds * 1000).toISOString(),
    version: record.version + 1,
  };
}

/** Returns how a lost task ends if nothing replaces it; undefined for other tasks. */
export function lostEnding({ lostAs }: TaskRecord, warnings: readonly string[] = []): Ending | undefined {
  if (lostAs === undefined) return undefined;
  const { outcome, reason, messages, responseStatusCode } = lostAs;
  const response = { messages: [], warnings: [...lostAs.warnings, ...warnings], responseStatusCode };
  return ending({ outcome, messages, response, ...withoutUndefined({ reason }) });
}

/** The terminal record of a lost task that another task replaces. It has no event. */
export function endReplaced(record: TaskRecord, replacedBy: string, now: number): TerminalRecord | undefined {
  const end = lostEnding(record);
  return end && { ...closeRecord(record, end, NOTHING_STORED, now), replacedBy };
}

type ImageTasks = Pick<ImageRecord, 'taskIds'>;

/** Reads the image's last task if it is lost and still open. */
export function readLastIfLost({ taskIds }: ImageTasks, tasks: Pick<TaskRecords, 'read'>) {
  return readOpenLostTask(taskIds.at(-1), tasks);
}

/**
 * Reads the lost task that the image's last one replaces, if it is still open: the invocation that
 * recorded the last one died before it ended the other.
 */
export function unendedReplaced({ taskIds }: ImageTasks, tasks: Pick<TaskRecords, 'read'>) {
  return readOpenLostTask(taskIds.at(-2), tasks);
}

async function readOpenLostTask(
  taskId: string | undefined,
  tasks: Pick<TaskRecords, 'read'>,
): Promise<TaskRecord | undefined> {
  const task = taskId === undefined ? undefined : await tasks.read(taskId);
  return task?.outcome === undefined && task?.lostAs !== undefined ? task : undefined;
}

/** Ends that task when the image's execution has ended. */
export async function endUnendedReplaced(image: ImageTasks, tasks: TaskRecords, now: number): Promise<void> {
  const lost = await unendedReplaced(image, tasks);
  const replacedBy = image.taskIds.at(-1);
  const ended = lost && replacedBy !== undefined ? endReplaced(lost, replacedBy, now) : undefined;
  if (ended !== undefined) await tasks.write(ended);
}
