import type { BatchItem } from '../../functions/contracts/batch-input.ts';
import { batchKeys } from '../../functions/contracts/batch-keys.ts';
import type { BatchRecord } from '../../functions/contracts/batch-record.ts';
import type { ImageRecord } from '../../functions/contracts/image-record.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import { type EndedBatch, isEndedBatch, unreadBatch } from '../../functions/core/batch/batch-record.ts';
import type { CloseBatchPorts, ClosingExecution } from '../../functions/core/batch/close-batch.ts';
import { parseBatchLines } from '../../functions/core/batch/close-chunk.ts';
import { imageOfItem, isImageItem, taskOfItem } from '../../functions/core/batch/item-request.ts';
import { parseJsonLines, toJsonLines } from '../../functions/core/batch/result-lines.ts';
import { imageIdOf } from '../../functions/core/image-identity.ts';
import { openRecord } from '../../functions/core/task-record.ts';
import { aTerminalRecord, BUCKET, instantAfter, OTHER_EXECUTION, START } from './builders.ts';
import { anImage } from './image-builders.ts';
import { memoryBatches, memoryFiles, memoryProgress } from './memory-batches.ts';
import { memoryImages, memoryTags } from './memory-images.ts';
import { memoryRecords } from './memory-records.ts';

/** A batch in memory, in any state that its chunks may have left it in. */

export const BATCH_ID = 'scans-7';
export const BATCH_EXECUTION = `arn:aws:states:eu-central-1:111122223333:execution:CollectBatch:${BATCH_ID}`;
export const batchClaimant = { executionArn: BATCH_EXECUTION, startedAt: START };
const keys = batchKeys(BATCH_ID);

/** The execution that closes the batch, once all chunks have ended. */
export const closingExecution: ClosingExecution = {
  ...{ batchId: BATCH_ID, ...batchClaimant },
  input: { list: { bucket: 'scans', key: 'list.csv' } },
};

export function aRunningBatch(details: Partial<BatchRecord> = {}): BatchRecord {
  return { ...unreadBatch(BATCH_ID, batchClaimant), status: 'Running', ...details };
}

export function aTaskItem(i: number): BatchItem {
  return { i, taskId: `task-${i}`, operation: 'RecognizeImage', generation: 1, correlation: `page ${i}` };
}

export function anImageItem(i: number): BatchItem {
  const source = { bucket: 'scans', key: `page ${i}.png`, etag: `${i}` };
  return { i, source, operation: 'RecognizeImage', generation: 1 };
}

/** What happened to an item before its chunk died. */
export const ITEM_STATES = [
  'task untouched',
  'task open',
  'task ended without an event',
  'task with a line',
  'task of another execution',
  'task that another execution ended',
  'task that another execution ended and forgot',
  'task of another operation',
  'image untouched',
  'image being submitted',
  'image with a task',
  'image with an unclaimed task',
  'image refused without an event',
  'image that another execution completed',
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** The outcomes that items have once a failed execution is closed. */
export const FAILED_OUTCOMES: Readonly<Record<ItemState, string>> = {
  'task untouched': 'NotStarted',
  'task open': 'Failed',
  'task ended without an event': 'Completed',
  'task with a line': 'Completed',
  'task of another execution': 'NotStarted',
  'task that another execution ended': 'Completed',
  'task that another execution ended and forgot': 'NotStarted',
  'task of another operation': 'NotStarted',
  'image untouched': 'NotStarted',
  'image being submitted': 'Refused',
  'image with a task': 'Failed',
  'image with an unclaimed task': 'Failed',
  'image refused without an event': 'Refused',
  'image that another execution completed': 'Completed',
};

/** Builds the batch with one item per state, in small chunks. Without items it was not opened. */
export async function closingBatch(
  states: readonly ItemState[],
  details: Partial<BatchRecord> = {},
  chunkItems = 3,
) {
  const items = states.map((state, i) => (state.startsWith('task') ? aTaskItem(i) : anImageItem(i)));
  const tasks: TaskRecord[] = [];
  const images: ImageRecord[] = [];
  const ended: { readonly i: number; readonly record: TaskRecord }[] = [];
  for (const [i, state] of states.entries()) {
    const item = items[i];
    if (item === undefined) continue;
    const found = await recordsOf(item, state);
    tasks.push(...found.tasks);
    images.push(...found.images);
    if (state === 'task with a line') ended.push(...found.tasks.map((record) => ({ i, record })));
  }
  const files = memoryFiles();
  const chunks = items.length === 0 ? 0 : writeItems(files.all, items, chunkItems);
  for (let n = 0; n < chunks; n += 1) {
    const lines = ended.filter(({ i }) => Math.floor(i / chunkItems) === n);
    if (lines.length > 0) files.all.set(keys.endedLines(n), toJsonLines(lines.map(completedLine)));
  }
  const opened = chunks > 0 && { total: items.length, duplicates: 0, chunks };
  const batches = memoryBatches(aRunningBatch({ ...opened, ...details }));
  const progress = memoryProgress();
  const records = memoryRecords(...tasks);
  const imageRecords = memoryImages(...images);
  const tags = memoryTags();
  const events: { readonly type: string; readonly key: string; readonly detail: string }[] = [];
  const publish = async (type: string, detail: { readonly idempotencyKey: string }) => {
    events.push({ type, key: detail.idempotencyKey, detail: JSON.stringify(detail) });
  };
  const closed: string[] = [];
  const state = { now: START + 3600_000, remainingSeconds: 900, tags: 0 };
  const ports: CloseBatchPorts = {
    ...{ batches, progress, files, records, images: imageRecords, maxUploads: 2, bucket: BUCKET },
    tagSource: tags.tagSource,
    events: { publish },
    publishRefusal: async (detail) => publish('OCR Image Refused', detail),
    publishBatch: async (detail) => publish('OCR Batch Completed', detail),
    newTag() {
      state.tags += 1;
      return state.tags.toString(16).padStart(8, '0');
    },
    now: () => state.now,
    remainingSeconds: () => state.remainingSeconds,
    onItemClosed: ({ detail }) => closed.push(detail.idempotencyKey),
  };
  const current = (): BatchRecord => {
    const record = batches.current();
    if (record === undefined) throw new Error('there is no batch');
    return record;
  };
  return {
    ...{ ports, state, items, batches, progress, files, records, images: imageRecords, events, closed },
    current,
    endedRecord(): EndedBatch {
      const record = current();
      if (!isEndedBatch(record)) throw new Error('the batch has not ended');
      return record;
    },
    /** The result lines of the batch. */
    lines: () => parseBatchLines(files.all.get(keys.lines) ?? ''),
    file: (name: 'csv' | 'summary') => files.all.get(keys[name]),
    eventsOf: (type: string) => events.filter((event) => event.type === type),
  };
}

/** Writes items and chunks as open-batch does; returns the number of chunks. */
function writeItems(files: Map<string, string>, items: readonly BatchItem[], chunkItems: number): number {
  const lines: string[] = [];
  let text = '';
  for (let first = 0; first < items.length; first += chunkItems) {
    const chunk = toJsonLines(items.slice(first, first + chunkItems));
    lines.push(toJsonLines([{ n: lines.length, from: text.length, bytes: chunk.length }]));
    text += chunk;
  }
  files.set(keys.items, text);
  files.set(keys.chunks, lines.join(''));
  return lines.length;
}

function completedLine({ i, record }: { readonly i: number; readonly record: TaskRecord }) {
  const [line] = parseJsonLines(
    JSON.stringify({
      i,
      ...{ taskId: record.taskId, operation: record.operation, generation: 1, outcome: 'Completed' },
      ...{ messages: [], attempts: 3, uploads: 0, results: [], resultCount: 0, manifest: null },
      startedAt: record.startedAt,
    }),
  );
  return line;
}

async function recordsOf(
  item: BatchItem,
  state: ItemState,
): Promise<{ readonly tasks: readonly TaskRecord[]; readonly images: readonly ImageRecord[] }> {
  return isImageItem(item)
    ? await recordsOfImage(item, state)
    : { tasks: recordsOfTask(item, state), images: [] };
}

function recordsOfTask(item: Parameters<typeof taskOfItem>[0], state: ItemState): TaskRecord[] {
  const open = openRecord(taskOfItem(item, BATCH_ID), batchClaimant, START);
  const ended = aTerminalRecord({ ...open, outcome: 'Completed', completedAt: instantAfter(5) });
  switch (state) {
    case 'task open':
      return [open];
    case 'task ended without an event':
    case 'task with a line':
      return [ended];
    case 'task of another execution':
      return [{ ...open, executionArn: OTHER_EXECUTION }];
    case 'task that another execution ended':
      return [{ ...ended, executionArn: OTHER_EXECUTION }];
    case 'task that another execution ended and forgot':
      return [
        {
          ...{ ...ended, executionArn: OTHER_EXECUTION, completedAt: instantAfter(-90_000) },
          expiresAt: START / 1000 - 10,
        },
      ];
    case 'task of another operation':
      return [{ ...ended, executionArn: OTHER_EXECUTION, operation: 'RecognizePdf' }];
    default:
      return [];
  }
}

async function recordsOfImage(item: Parameters<typeof imageOfItem>[0], state: ItemState) {
  const { source } = item;
  const imageId = await imageIdOf(imageOfItem(item), BATCH_EXECUTION);
  const taskId = `task-${item.i}`;
  const image = anImage({ imageId, source, executionArn: BATCH_EXECUTION });
  const submitted = {
    ...image,
    ...{ state: 'Submitted' as const, taskIds: [taskId], uploads: 1, uploadedAt: instantAfter(60) },
  };
  const task = openRecord(
    { taskId, operation: 'RecognizeImage', generation: 1, image: { imageId, source, uploads: 1 } },
    batchClaimant,
    START,
  );
  switch (state) {
    case 'image being submitted':
      return { tasks: [], images: [image] };
    case 'image with a task':
      return { tasks: [{ ...task, batchId: BATCH_ID }], images: [submitted] };
    case 'image with an unclaimed task':
      return { tasks: [], images: [submitted] };
    case 'image refused without an event':
      return {
        tasks: [],
        images: [
          {
            ...image,
            ...{ state: 'Refused' as const, reason: 'NotAnImage' as const, completedAt: instantAfter(5) },
            terminalEvent: 'Pending' as const,
          },
        ],
      };
    case 'image that another execution completed':
      return {
        tasks: [aTerminalRecord({ ...task, outcome: 'Completed', executionArn: OTHER_EXECUTION })],
        images: [
          {
            ...submitted,
            ...{ state: 'Done' as const, outcome: 'Completed' as const, executionArn: OTHER_EXECUTION },
          },
        ],
      };
    default:
      return { tasks: [], images: [] };
  }
}
