import { expect } from 'vitest';
import { CHUNK_ITEMS } from '../../../functions/contracts/batch-input.ts';
import { batchKeys } from '../../../functions/contracts/batch-keys.ts';
import type {
  BatchCounts,
  BatchOutcome,
  BatchReason,
  BatchResult,
} from '../../../functions/contracts/batch-record.ts';
import { parseBatchCompletedEvent } from '../../../functions/contracts/delivered-events.ts';
import { countLines } from '../../../functions/core/batch/result-lines.ts';
import { withoutUndefined } from '../../../functions/core/without-undefined.ts';
import type { Execution } from '../../../local/embedded-aws/execution.ts';
import { newBatchId, openBatches, type SettledBatch } from '../../support/batches.ts';
import { faultOf } from '../../support/event-validator.ts';
import { openInbox } from '../../support/inbox.ts';
import { completed, pending } from '../../support/responses.ts';
import type { AwsFault, AwsInjection } from '../layers/aws-fault-layer.ts';
import { document, type FaultyCourier, type FaultyResponse } from '../layers/faulty-courier.ts';
import {
  expectDocuments,
  expectEvents,
  expectNoCanary,
  expectTerminalOnce,
  forgetAll,
} from './expect-sound.ts';

/** How a batch must end. */
export interface ExpectedBatch {
  /** @default 'Completed' */
  readonly outcome?: BatchOutcome;
  readonly reason?: BatchReason;
  /** @default - any that add up */
  readonly counts?: BatchCounts;
  /** The outcomes of single lines, with their reasons, by the task's number. */
  readonly lines?: Readonly<Record<number, string>>;
  /** How the execution ends, where this does not follow from the outcome. */
  readonly execution?: Partial<Execution>;
  /** Number of events that end the batch. @default 1 */
  readonly events?: number;
  /** The batch ends before its items are listed, or its objects are deleted. */
  readonly hasNoResults?: boolean;
}

/** Aspose's responses to the fetches of each task; undefined for those of a task that completes. */
type Responses = readonly (readonly FaultyResponse[] | undefined)[];

/** A fault that a batch of three tasks in two chunks meets. */
export interface BatchFault {
  /** @default - all complete at their second poll */
  readonly responses?: Responses;
  /** Faults of calls to AWS. */
  readonly aws?: readonly AwsInjection[];
  /** Other fields of the input. */
  readonly input?: object;
  /** The functions hold no token. @default false */
  readonly isColdStart?: boolean;
  readonly expected?: ExpectedBatch;
}

/** A batch that is about to start. */
export interface PlannedBatch {
  readonly batchId: string;
  /** The first two tasks are in the first chunk, the third one in the second chunk. */
  readonly taskIds: readonly [string, string, string];
  readonly input: { readonly tasks: readonly object[] };
}

/** Submitted so long ago that an item needs no request: it fills a chunk. */
const TOO_OLD = '2026-02-01T00:00:00Z';
const FILLERS = CHUNK_ITEMS - 2;

/** The number of items of a planned batch. */
export const PLANNED_ITEMS = FILLERS + 3;

/** The counts of a planned batch whose three tasks complete. */
export const ALL_COMPLETED: BatchCounts = { Completed: 3, Expired: FILLERS };

/** The text of the document of a task. */
export const textOf = (taskId: string): string => document(`of ${taskId}`);

/** Aspose's responses for a task that completes. */
export function completing(...before: readonly FaultyResponse[]) {
  return (taskId: string): readonly FaultyResponse[] => [...before, completed(textOf(taskId))];
}

/** Forgets what happened before, and plans a batch of three tasks in two chunks. */
export function planBatch(
  courier: FaultyCourier,
  responses: Responses = [],
  input: object = {},
): PlannedBatch {
  forgetAll(courier);
  const batchId = newBatchId();
  const newTask = (number: number): string => {
    const taskId = courier.createTask(pending);
    courier.script(taskId, responses[number] ?? completing(pending)(taskId));
    return taskId;
  };
  const taskIds = [newTask(0), newTask(1), newTask(2)] as const;
  const [first, second, third] = taskIds.map((taskId) => ({ taskId, correlation: `scan of ${taskId}` }));
  const fillers = Array.from({ length: FILLERS }, (_, index) => ({
    taskId: `${batchId}-old-${index}`,
    submittedAt: TOO_OLD,
  }));
  const tasks = [first, second, ...fillers, third].filter((task) => task !== undefined);
  return { batchId, taskIds, input: { tasks, ...input } };
}

/** Collects a batch under a fault, and expects that its end is sound. Run one at a time. */
export async function expectSoundBatchUnder(
  courier: FaultyCourier,
  { responses, aws = [], input, isColdStart = false, expected = {} }: BatchFault,
): Promise<void> {
  if (isColdStart) await courier.stack.killFunctions();
  const planned = planBatch(courier, responses, input);
  const struck = aws.map((injection) => courier.aws.inject(injection));

  const settled = await openBatches(courier).collect(planned.batchId, planned.input);
  courier.aws.heal();

  for (const count of struck) expect(count(), 'the fault occurs').toBeGreaterThan(0);
  await expectSoundBatch(courier, planned, settled, expected);
}

/** Expects everything that must hold of a batch after any fault. */
export async function expectSoundBatch(
  courier: FaultyCourier,
  planned: Pick<PlannedBatch, 'batchId'> & { readonly taskIds: readonly string[] },
  settled: SettledBatch,
  expected: ExpectedBatch = {},
): Promise<void> {
  const { lines } = settled;
  await expectSoundBatchEnd(courier, settled, expected);
  for (const line of lines) await expectSoundLine(courier, settled, line);
  const lineOf = (taskId: string) => lines.find((line) => line.taskId === taskId);
  const described = planned.taskIds.map((taskId) => {
    const { outcome = 'none', reason } = lineOf(taskId) ?? {};
    return reason === undefined ? outcome : `${outcome}, ${reason}`;
  });
  for (const [number, end] of Object.entries(expected.lines ?? {})) {
    expect(described[Number(number)], `the line of task ${number}`).toBe(end);
  }
}

/** Expects a batch that ended soundly. Whether its lines are right is not checked. */
export async function expectSoundBatchEnd(
  courier: FaultyCourier,
  settled: SettledBatch,
  expected: ExpectedBatch,
): Promise<void> {
  expectBatchEnd(settled, expected);
  await expectObjects(courier, settled, expected);
}

/** Expects a record, an execution and events that agree with the result lines. */
function expectBatchEnd(
  { batchId, execution, record, events, lines }: SettledBatch,
  expected: ExpectedBatch,
) {
  const { outcome = 'Completed', reason, counts, hasNoResults = false } = expected;
  if (record === undefined) return expect.fail('the batch has no record');
  expect(record).toMatchObject({ status: outcome, outcome, terminalEvent: 'Published' });
  expect(record.reason).toBe(reason);
  // Each item has exactly one line.
  expect(lines.map(({ i }) => i)).toEqual(Array.from({ length: record.total ?? 0 }, (_, i) => i));
  expect(record.counts).toEqual(hasNoResults ? {} : countLines(lines));
  if (counts !== undefined) expect(record.counts).toEqual(counts);
  if (hasNoResults) expect(record.total).toBe(0);

  expect(events).toHaveLength(expected.events ?? 1);
  for (const event of events) {
    expect(faultOf('OCR Batch Completed', event)).toBeUndefined();
    expect(parseBatchCompletedEvent(event)).toEqual(event);
    expect(event.detail).toEqual(events[0]?.detail);
    expect(event.detail).toMatchObject({
      ...{ idempotencyKey: `batch/${batchId}`, batchId, outcome, ...withoutUndefined({ reason }) },
      ...{ total: record.total, counts: record.counts, executionArn: execution.executionArn },
    });
  }

  if (expected.execution !== undefined) expect(execution).toMatchObject(expected.execution);
  else if (outcome === 'Completed')
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: events[0]?.detail });
  else {
    const cause = expect.stringContaining(`ended as ${outcome}`);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'OcrBatchFailed', cause });
  }
}

/** Expects results that agree with the record, and no document text or secret in any object. */
async function expectObjects(
  courier: FaultyCourier,
  { batchId, execution, record, events }: SettledBatch,
  { hasNoResults = false }: ExpectedBatch,
): Promise<void> {
  const keys = batchKeys(batchId);
  const stored = await courier.keys(`batches/${batchId}/`);
  const texts = await Promise.all(stored.map(async (key) => String(await courier.object(key))));
  const textAt = (key: string) => texts[stored.indexOf(key)] ?? '';
  if (hasNoResults) {
    expect(events[0]?.detail).toMatchObject({ results: null, resultsCsv: null, summary: null });
    for (const key of [keys.lines, keys.csv, keys.summary]) expect(stored).not.toContain(key);
  } else {
    const { lines: results, csv: resultsCsv, summary } = keys;
    expect(events[0]?.detail).toMatchObject({ results, resultsCsv, summary });
    const { outcome, total = 0, counts, startedAt, completedAt } = record ?? {};
    expect(JSON.parse(textAt(summary))).toMatchObject({
      ...{ batchId, outcome, total, counts, startedAt, completedAt, results, resultsCsv },
    });
    expect(textAt(resultsCsv).trimEnd().split('\r\n')).toHaveLength(total + 1);
  }
  const { input: _, history, ...rest } = execution;
  const reported = history.map(({ output, error, cause }) => [output, error, cause]);
  expectNoCanary(courier, [], [...texts, JSON.stringify([rest, record, reported])]);
}

/** Expects that what the batch has started ended once, as its line says. */
async function expectSoundLine(
  courier: FaultyCourier,
  settled: SettledBatch,
  line: BatchResult,
): Promise<void> {
  const { executionArn } = settled.execution;
  if (line.imageId !== undefined) await expectSoundImageLine(courier, line);
  if (line.taskId === undefined) return;
  const record = await courier.records.read(line.taskId);
  if (record === undefined) return expect(['Expired', 'NotStarted']).toContain(line.outcome);
  const { outcome } = record;
  if (outcome === undefined) return expect.fail(`${line.taskId} has not ended`);
  if (line.outcome !== 'NotStarted') {
    const { reason, attempts, correlation } = record;
    expect(line).toMatchObject({ outcome, attempts, ...withoutUndefined({ reason, correlation }) });
    expect(line.manifest).toBe(record.manifestKey ?? null);
  }
  if (record.executionArn === executionArn) expect(record.batchId).toBe(settled.batchId);
  const events = courier.eventsOf(line.taskId);
  expect(events.length, `the events of ${line.taskId}`).toBeGreaterThanOrEqual(1);
  expectEvents({ events }, record, { outcome, events: events.length });
  expectTerminalOnce(courier, line.taskId, record);
  if (line.imageId !== undefined) return;
  await expectDocuments(courier, record, {
    outcome,
    documents: outcome === 'Completed' ? [textOf(line.taskId)] : [],
    leftovers: true,
  });
}

/** Expects that an image ended once, as its line says. */
export async function expectSoundImageLine(courier: FaultyCourier, line: BatchResult): Promise<void> {
  const image = await openInbox(courier).images.read(line.imageId ?? '');
  if (image === undefined) return expect.fail('the image has no record');
  const { imageId, generation, state, taskIds, uploads, ambiguousUploads, reason } = image;
  expect(uploads).toBe(taskIds.length + ambiguousUploads);
  expect(uploads).toBeLessThanOrEqual(2);
  expect(line.uploads).toBe(uploads);
  for (const [index, taskId] of taskIds.entries()) {
    const task = await courier.records.read(taskId);
    expect(task?.outcome).toBeDefined();
    expect(task?.replacedBy).toBe(taskIds[index + 1]);
  }
  if (taskIds.length > 0) return expect([state, line.taskId]).toEqual(['Done', taskIds.at(-1)]);
  expect(line).toMatchObject({ outcome: 'Refused', reason });
  const keys = courier.events
    .filter(({ source, detail }) => source === 'ocr-courier' && Object(detail).imageId === imageId)
    .map(({ detail }) => String(Object(detail).idempotencyKey));
  expect(new Set(keys)).toEqual(new Set([`image/${imageId}/${generation}`]));
}

/** An error that a service returns. */
export const awsError = (status: number, code: string): AwsFault => ({ kind: 'error', status, code });
