import {
  type BatchImage,
  type BatchInput,
  type BatchLine,
  type BatchTask,
  batchLineSchema,
} from '../../contracts/batch-input.ts';
import { IMAGES_PREFIX } from '../../contracts/batch-keys.ts';
import { type ImageSource, INBOX_PREFIX } from '../../contracts/image-input.ts';
import type { OperationName } from '../../contracts/operations.ts';
import { refuseFuture } from '../execution-input.ts';
import { parseImageSettings } from '../image-settings.ts';
import { InvalidInput, parseInput } from '../invalid-input.ts';
import { checkPlace, type SourceBuckets } from '../source-places.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ListedValue } from './list-format.ts';
import { malformedItem } from './unusable-list.ts';

/** An item of a batch that has no position yet. */
export type UnnumberedItem = Omit<BatchTask, 'i'> | Omit<BatchImage, 'i'>;

/** What the items of a batch may be. */
export interface BatchItemRules {
  /** The fields that apply to items without their own. */
  readonly batch: Pick<BatchInput, 'operation' | 'settings' | 'polling'>;
  readonly buckets: SourceBuckets;
  /** When the batch started, in epoch milliseconds. */
  readonly startedAt: number;
}

/** Key prefixes of images in the results bucket. */
export const IMAGE_PREFIXES = [INBOX_PREFIX, IMAGES_PREFIX] as const;

/**
 * Returns a function that makes an item of a value of a list. It throws UnusableListError naming
 * the place and the field.
 */
export function createItemParser(rules: BatchItemRules): (listed: ListedValue) => UnnumberedItem {
  const parse = createLineParser(rules);
  return ({ place, value }) => {
    try {
      return parse(value);
    } catch (error) {
      if (error instanceof InvalidInput) throw malformedItem(place, error);
      throw error;
    }
  };
}

/**
 * Returns a function that makes an item of a task id, or of the fields of a line. It throws
 * InvalidInput naming the field.
 */
export function createLineParser(rules: BatchItemRules): (value: unknown) => UnnumberedItem {
  const checkSettings = createSettingsCheck(rules.batch.settings);
  return (value) => {
    const line = parseInput(batchLineSchema, typeof value === 'string' ? { taskId: value } : value);
    if (line.taskId !== undefined && line.source === undefined) return taskOf(line, line.taskId, rules);
    if (line.source !== undefined && line.taskId === undefined)
      return imageOf(line, line.source, rules, checkSettings);
    const got = line.taskId === undefined ? 'neither taskId nor source' : 'taskId and source';
    throw new InvalidInput('', got, 'exactly one of taskId and source');
  };
}

function taskOf(line: BatchLine, taskId: string, { batch, startedAt }: BatchItemRules): UnnumberedItem {
  const { operation, settings, submittedAt, correlation, polling, generation } = line;
  if (settings !== undefined) throw new InvalidInput('settings', 'settings of a task', 'settings of images');
  // An item that is too old is no fault of the list: it ends as Expired.
  if (submittedAt !== undefined) refuseFuture(submittedAt, startedAt);
  return {
    taskId,
    operation: operation ?? batch.operation,
    generation,
    ...withoutUndefined({ submittedAt, correlation, polling: polling ?? batch.polling }),
  };
}

function imageOf(
  line: BatchLine,
  source: ImageSource,
  { batch, buckets }: BatchItemRules,
  checkSettings: (operation: OperationName, settings: unknown) => void,
): UnnumberedItem {
  const { submittedAt, settings = batch.settings, correlation, polling, generation } = line;
  if (submittedAt !== undefined)
    throw new InvalidInput('submittedAt', 'the time of an image', 'the time of tasks');
  checkPlace({ field: 'source', keyField: 'key', ...source }, IMAGE_PREFIXES, buckets);
  const operation = line.operation ?? batch.operation;
  checkSettings(operation, settings);
  return {
    source,
    operation,
    generation,
    ...withoutUndefined({ settings, correlation, polling: polling ?? batch.polling }),
  };
}

/** Returns a check that looks at the settings of the batch once for each operation. */
function createSettingsCheck(batchSettings: unknown) {
  const checked = new Set<OperationName>();
  return (operation: OperationName, settings: unknown) => {
    const isOfBatch = settings === batchSettings;
    if (isOfBatch && checked.has(operation)) return;
    parseImageSettings(operation, settings);
    if (isOfBatch) checked.add(operation);
  };
}
