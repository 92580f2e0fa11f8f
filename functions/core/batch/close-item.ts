import type { BatchImage, BatchItem, BatchTask } from '../../contracts/batch-input.ts';
import type { BatchResult } from '../../contracts/batch-record.ts';
import { type CloseImagePorts, closeImage, type ImageClosing } from '../close-image.ts';
import { closeTask, type EndedExecution } from '../close-task.ts';
import { imageIdOf } from '../image-identity.ts';
import { claimImage, isRefused } from '../image-record.ts';
import type { Published } from '../sweep-tasks.ts';
import { claimTask, isTerminal, type TaskRecords, type TerminalRecord } from '../task-record.ts';
import { imageOfItem, isImageItem, taskOfItem } from './item-request.ts';
import { lineOfRefusal, lineOfTask, lineWithoutTask } from './result-lines.ts';

export interface CloseItemPorts extends CloseImagePorts {
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
  /** Called for each task or image that was still open. */
  onItemClosed(published: Published): void;
}

/**
 * Closes an item without a result line, and returns its line. What the batch has started ends as
 * for an execution of its own, and its event is published. What belongs to another execution stays
 * as it is. It can be repeated.
 *
 * @param execution the execution of the batch, which owns what the batch has started
 */
export async function closeItem(
  item: BatchItem,
  batchId: string,
  execution: EndedExecution,
  ports: CloseItemPorts,
): Promise<BatchResult> {
  return isImageItem(item)
    ? await closeImageItem(item, batchId, execution, ports)
    : await closeTaskItem(item, batchId, execution, ports);
}

async function closeTaskItem(
  item: BatchTask,
  batchId: string,
  execution: EndedExecution,
  ports: CloseItemPorts,
): Promise<BatchResult> {
  const { records, now } = ports;
  const input = taskOfItem(item, batchId);
  let found = await records.read(item.taskId);
  if (found?.executionArn === execution.executionArn) {
    const closing = await closeTask(execution, input, ports);
    if (!isTerminal(found)) report(closing, ports);
    found = await records.read(item.taskId);
  }
  if (found === undefined) return notStarted(item, execution);
  const claim = claimTask(found, input, execution, now());
  if (claim.kind === 'Conflict') return lineWithoutTask(item, 'NotStarted', 'TaskConflict');
  const ended = claim.kind === 'Ended' ? await lastReplacement(claim.record, records) : undefined;
  return ended === undefined ? notStarted(item, execution) : lineOfTask(item, ended);
}

async function closeImageItem(
  item: BatchImage,
  batchId: string,
  execution: EndedExecution,
  ports: CloseItemPorts,
): Promise<BatchResult> {
  const { images, records, maxUploads, now } = ports;
  const input = imageOfItem(item);
  const imageId = await imageIdOf(input, execution.executionArn);
  const image = { imageId, input, maxUploads, batchId };
  let found = await images.read(imageId);
  if (found?.executionArn === execution.executionArn) {
    const hadEnded = found.state === 'Refused' || found.state === 'Done';
    const closing = await closeImage(execution, image, ports);
    if (!hadEnded) report(closing, ports);
    found = await images.read(imageId);
  }
  if (found === undefined) return notStarted(item, execution);
  const claim = claimImage(found, image, execution, now());
  if (claim.kind === 'Conflict') return lineWithoutTask(item, 'NotStarted', 'ImageConflict');
  if (claim.kind !== 'Ended') return notStarted(item, execution);
  if (isRefused(claim.record)) return lineOfRefusal(item, claim.record);
  const taskId = claim.record.taskIds.at(-1);
  const task = taskId === undefined ? undefined : await records.read(taskId);
  return task !== undefined && isTerminal(task)
    ? lineOfTask(item, task, claim.record.generation)
    : notStarted(item, execution);
}

/** The line of an item that the batch did not start, or that another execution still collects. */
function notStarted(item: BatchItem, { status }: EndedExecution): BatchResult {
  return lineWithoutTask(item, 'NotStarted', status === 'ABORTED' ? 'Cancelled' : 'InternalError');
}

function report(closing: ImageClosing, { onItemClosed }: CloseItemPorts): void {
  if (closing.kind !== 'Nothing') onItemClosed(closing);
}

/** Follows a lost task to the one that replaced it last; undefined while that is open. */
async function lastReplacement(
  record: TerminalRecord,
  records: Pick<TaskRecords, 'read'>,
): Promise<TerminalRecord | undefined> {
  if (record.replacedBy === undefined) return record;
  const next = await records.read(record.replacedBy);
  return next !== undefined && isTerminal(next) ? await lastReplacement(next, records) : undefined;
}
