import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { z } from 'zod';
import { parseTaskEvent } from '../../../functions/contracts/delivered-events.ts';
import { OUTCOMES, type Outcome, type Reason } from '../../../functions/contracts/outcomes.ts';
import {
  MAX_LISTED_RESULTS,
  storedResultSchema,
  type TaskRecord,
} from '../../../functions/contracts/task-record.ts';
import { PRESETS, resolvePolicy } from '../../../functions/core/polling-policy.ts';
import type { Execution } from '../../../local/embedded-aws/execution.ts';
import type { Collected } from '../../support/courier.ts';
import { faultOf } from '../../support/event-validator.ts';
import type { FaultyCourier } from '../layers/faulty-courier.ts';

/** How a task must end. */
export interface Expected {
  readonly outcome: Outcome;
  readonly reason?: Reason;
  /** Number of polls. @default - any number within the budget */
  readonly attempts?: number;
  /** Number of fetches that reach Aspose, where it differs from `attempts`. */
  readonly fetches?: number;
  /** Duration of the collection. */
  readonly seconds?: { readonly from?: number; readonly to?: number };
  /** Stored documents in order; null for a result without one. @default - none */
  readonly documents?: readonly (string | Uint8Array | null)[];
  /** Data that is kept undecoded, by index. */
  readonly undecoded?: Readonly<Record<number, string>>;
  /** Part of a warning in the record. */
  readonly warning?: string;
  /** Other fields of the record. */
  readonly record?: Partial<TaskRecord>;
  /** How the execution ends, where this does not follow from the outcome. */
  readonly execution?: Partial<Execution>;
  /** Number of terminal events. @default 1 */
  readonly events?: number;
  /** The test set the clock during the collection, so times are not checked. */
  readonly clockSet?: true;
  /** The bucket may hold unlisted documents, because storing began and did not complete. */
  readonly leftovers?: true;
}

const manifestSchema = z.object({ outcome: z.string(), results: z.array(storedResultSchema) });

/** Expects everything that must hold after any fault. */
export async function expectSound(
  courier: FaultyCourier,
  input: object,
  collected: Collected,
  expected: Expected,
): Promise<void> {
  const { taskId } = z.object({ taskId: z.string() }).parse(input);
  const { record } = collected;
  if (record === undefined) return expect.fail('the task has no record');
  expectOutcome(collected, record, expected);
  expectEvents(collected, record, expected);
  expectTerminalOnce(courier, taskId, record);
  if (!expected.clockSet) expectPollsInTime(courier, input, record, expected);
  await expectDocuments(courier, record, expected);
  expectNoCanary(courier, [collected]);
}

/** Expects a terminal record, and an execution that ended accordingly. */
function expectOutcome({ execution }: Collected, record: TaskRecord, expected: Expected): void {
  const { outcome, reason, attempts } = expected;
  expect(record).toMatchObject({ status: outcome, outcome, ...expected.record });
  expect(record.reason).toBe(reason);
  if (expected.warning !== undefined) expect(record.warnings.join()).toContain(expected.warning);
  if (attempts !== undefined) expect(record.attempts).toBe(attempts);
  expect(record.nextPollAt).toBeUndefined();
  if (outcome === 'Completed') expect(record.taskStatus).toBe('Completed');
  if (!expected.clockSet)
    expect(Date.parse(record.completedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(record.startedAt));

  const { error } = OUTCOMES[outcome];
  if (expected.execution !== undefined) expect(execution).toMatchObject(expected.execution);
  else if (error === null) expect(execution).toMatchObject({ status: 'SUCCEEDED', output: factsOf(record) });
  else if (outcome === 'Cancelled') expect(execution.status).toBe('ABORTED');
  else {
    const cause = expect.stringContaining(`ended as ${outcome}`);
    expect(execution).toMatchObject({ status: 'FAILED', error, cause });
  }
}

/** Returns the fields that the record, the event and the execution's output share. */
function factsOf(record: TaskRecord) {
  const { taskId, operation, generation, outcome, reason, attempts, partial, empty, messages, warnings } =
    record;
  return {
    ...{ taskId, operation, generation, outcome, attempts, partial, empty, messages, warnings },
    ...(reason !== undefined && { reason }),
  };
}

/** Expects terminal events that are valid, equal the record, and share one idempotency key. */
export function expectEvents(
  { events }: Pick<Collected, 'events'>,
  record: TaskRecord,
  { outcome, events: count = 1 }: Expected,
): void {
  const { detailType } = OUTCOMES[outcome];
  expect(events.map((event) => event['detail-type'])).toEqual(Array(count).fill(detailType));
  const { taskId, operation, generation, results } = record;
  const idempotencyKey = `${operation}/${taskId}/${generation}`;
  for (const event of events) {
    expect(faultOf(detailType, event)).toBeUndefined();
    expect(parseTaskEvent(event)).toEqual(event);
    expect(event.detail).toMatchObject({ ...factsOf(record), results, idempotencyKey });
  }
}

/** Expects that one write made the record terminal, and that later ones changed no outcome. */
export function expectTerminalOnce({ aws }: FaultyCourier, taskId: string, { version }: TaskRecord): void {
  const written = aws.carriedOut
    .filter(
      ({ operation, status, about }) =>
        operation === 'PutItem' && status === 200 && about.includes(`"${taskId}"`),
    )
    .map(
      ({ about }) =>
        z.object({ Item: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(JSON.parse(about))
          .Item,
    )
    .filter(({ taskId: id }) => id?.['S'] === taskId);
  const isTerminal = written.map(({ outcome }) => outcome !== undefined);
  expect(isTerminal).toEqual(isTerminal.toSorted());
  const [end, ...later] = written
    .slice(isTerminal.indexOf(true))
    .map(({ terminalEvent: _, version: __, listing: ___, ...kept }) => kept);
  for (const write of later) expect(write).toEqual(end);
  expect(written.at(-1)?.['version']).toEqual({ N: String(version) });
}

/** Expects polls within budget and deadline. Every task gets one poll, even past its deadline. */
function expectPollsInTime(
  { front }: FaultyCourier,
  input: object,
  record: TaskRecord,
  { fetches, seconds: { from = 0, to = Infinity } = {} }: Expected,
): void {
  const { polling } = z.object({ polling: z.looseObject({}).optional() }).parse(input);
  const { timeoutSeconds, maxPolls } = resolvePolicy(PRESETS.balanced, polling);
  const { startedAt, submittedAt, taskId } = record;
  const deadline = Math.min(
    Date.parse(startedAt) + timeoutSeconds * 1000,
    Date.parse(submittedAt ?? startedAt) + 86_400_000,
  );
  if (fetches !== undefined) expect(front.requestsFor(taskId)).toHaveLength(fetches);
  const tookSeconds = (Date.parse(record.completedAt ?? '') - Date.parse(startedAt)) / 1000;
  expect(tookSeconds).toBeGreaterThanOrEqual(from);
  expect(tookSeconds).toBeLessThanOrEqual(to);
  const [, ...later] = front.requestsFor(taskId);
  for (const at of later)
    expect(at).toBeLessThanOrEqual(Math.max(deadline, Date.parse(startedAt) + 2000) + 1000);
  expect(record.attempts).toBeLessThanOrEqual(maxPolls);
}

/** Expects that the bucket holds exactly the documents in the manifest, as Aspose sent them. */
export async function expectDocuments(
  courier: FaultyCourier,
  record: TaskRecord,
  expected: Expected,
): Promise<void> {
  const { documents = [], undecoded = {}, leftovers = false } = expected;
  const folder = `results/${record.operation}/${record.taskId}/`;
  const keys = (await courier.keys(folder)).toSorted();
  // No name that Aspose sends is part of a key.
  for (const key of keys) expect(key.slice(folder.length)).toMatch(/^(\d+\.[a-z]{2,9}|manifest\.json)$/);
  if (record.manifestKey === undefined) {
    expect(record).toMatchObject({ results: [], resultCount: 0 });
    expect(documents).toEqual([]);
    if (!leftovers) expect(keys).toEqual([]);
    return;
  }
  const manifest = manifestSchema.parse(JSON.parse(String(await courier.object(record.manifestKey))));
  expect(manifest.outcome).toBe(record.outcome);
  expect(record.resultCount).toBe(manifest.results.length);
  expect(record.results).toEqual(manifest.results.slice(0, MAX_LISTED_RESULTS));
  const listed = manifest.results.flatMap(({ key, undecodedKey }) => key ?? undecodedKey ?? []);
  expect(keys).toEqual([...listed, record.manifestKey].toSorted());
  const stored = await Promise.all(
    manifest.results.map(async ({ key, bytes, sha256 }) => {
      if (key === null) return null;
      const content = await courier.object(key);
      expect(content.length).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      return content;
    }),
  );
  expect(stored).toEqual(documents.map((document) => (document === null ? null : Buffer.from(document))));
  for (const [index, data] of Object.entries(undecoded)) {
    expect(String(await courier.object(manifest.results[Number(index)]?.undecodedKey ?? ''))).toBe(data);
  }
}

/** How many of a courier's logs and events have been searched. */
const searched = new WeakMap<FaultyCourier, { readonly logs: number; readonly events: number }>();

/** Makes the next search start at the first log line. */
export function resetCanarySearch(courier: FaultyCourier): void {
  searched.delete(courier);
}

/** Forgets what happened before, so that the next search for canaries starts at the first log line. */
export function forgetAll(courier: FaultyCourier): void {
  courier.forget();
  resetCanarySearch(courier);
}

/** Expects no secret, token, link or document text in logs, events, records and executions. */
export function expectNoCanary(
  courier: FaultyCourier,
  ends: readonly Pick<Collected, 'execution' | 'record'>[],
  objects: readonly string[] = [],
): void {
  const { logs = 0, events = 0 } = searched.get(courier) ?? {};
  searched.set(courier, { logs: courier.logs.length, events: courier.events.length });
  const searchable = [
    ...courier.logs.slice(logs),
    ...courier.events.slice(events).map(({ detail }) => {
      // The input is not searched, because it may contain any text of the caller.
      const { input: _, ...others } = Object(detail);
      return JSON.stringify(others);
    }),
    ...ends.map(({ execution: { input: _, history, ...execution }, record }) =>
      JSON.stringify([execution, record, history.map(({ output, error, cause }) => [output, error, cause])]),
    ),
    ...objects,
  ].join('\n');
  for (const canary of courier.canaries()) {
    if (!searchable.includes(canary)) continue;
    const line = searchable.split('\n').find((text) => text.includes(canary));
    expect.fail(`${canary.slice(0, 24)} leaks in ${line}`);
  }
}
