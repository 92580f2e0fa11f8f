import {
  type BatchImage,
  type BatchItem,
  type BatchTask,
  batchItemSchema,
} from '../../contracts/batch-input.ts';
import type { ImageInput } from '../../contracts/image-input.ts';
import { parseInput } from '../invalid-input.ts';
import type { TaskToCollect } from '../task-record.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { parseJsonLines } from './result-lines.ts';

/** Parses a range of `items.jsonl`. */
export function parseBatchItems(text: string): BatchItem[] {
  return parseJsonLines(text).map((item) => parseInput(batchItemSchema, item, 'items.jsonl'));
}

export function isImageItem(item: BatchItem): item is BatchImage {
  return 'source' in item;
}

/** The task of an item, as an execution of its own would get it. */
export function taskOfItem(item: BatchTask, batchId: string): TaskToCollect {
  const { taskId, operation, generation, submittedAt, correlation, polling } = item;
  return {
    taskId,
    operation,
    generation,
    batchId,
    ...withoutUndefined({ submittedAt, correlation, polling }),
  };
}

/** The image of an item, as an execution of its own would get it. */
export function imageOfItem(item: BatchImage): ImageInput {
  const { source, operation, generation, settings, correlation, polling } = item;
  return { source, operation, generation, ...withoutUndefined({ settings, correlation, polling }) };
}
