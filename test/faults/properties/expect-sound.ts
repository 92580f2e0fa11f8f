import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { z } from 'zod';
import { OUTCOMES, type Outcome, type Reason } from '../../../functions/contracts/outcomes.ts';
import { taskEventDetailSchema } from '../../../functions/contracts/task-event.ts';
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

/** How a task must have ended. */
export interface Expected {
  readonly outcome: Outcome;
  readonly reason?: Reason;
  /** Polls. @default - any number within the budget */
  readonly attempts?: number;
  /** Fetches that reached Aspose, where they are not its polls. */
  readonly fetches?: number;
  /** From the start of the collection to its end. */
  readonly seconds?: { readonly from?: number; readonly to?: number };
  /** What is stored, in order; null where there is no document. @default - nothing */
  readonly documents?: readonly (string | Uint8Array | null)[];
  /** Data that could not be decoded, by its index, as it came. */
  readonly undecoded?: Readonly<Record<number, string>>;
  /** Part of a warning in the record. */
  readonly warning?: string;
  /** More of the record. */
  readonly record?: Partial<TaskRecord>;
  /** How the execution ends, where that is not as its outcome says. */
  readonly execution?: Partial<Execution>;
  /** @default 1 */
  readonly events?: number;
  /** The clock was set under way: its times say nothing. */
  readonly clockSet?: true;
  /** Documents may lie about that nothing lists: storing began, and could never be completed. */
  readonly leftovers?: true;
}

const manifestSchema = z.object({ outcome: z.string(), results: z.array(storedResultSchema) });

/** Everything that must hold of a task after a fault, whichever it was. */
export async function expectSound(
  courier: FaultyCourier,
  input: object,
  collected: Collected,
  expected: Expected,
): Promise<void> {
  const { taskId } = z.object({ taskId: z.string() }).parse(input);
  const { record } = collected;
  if (record === undefined) return expect.fail('there is no record');
  expectOutcome(collected, record, expected);
  expectEvents(collected, record, expected);
  expectTerminalOnce(courier, taskId, record);
  if (!expected.clockSet) expectPollsInTime(courier, input, record, expected);
  await expectDocuments(courier, record, expected);
  expectNoCanary(courier, [collected]);
}

/** One terminal record, and an execution that says the same. */
function expectOutcome({ execution }: Collected, record: TaskRecord, expected: Expected): void {
  const { outcome, reason, attempts } = expected;
  expect(record).toMatchObject({ status: outcome, outcome, ...expected.record });
  expect(record.reason).toBe(reason);
  if (expected.warning !== undefined) expect(record.warnings.join()).toContain(expected.warning);
  if (attempts !== undefined) expect(record.attempts).toBe(attempts);
  expect(record.nextPollAt).toBeUndefined();
  if (!expected.clockSet)
    expect(Date.parse(record.completedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(record.startedAt));

  const { error } = OUTCOMES[outcome];
  if (expected.execution !== undefined) expect(execution).toMatchObject(expected.execution);
  else if (error === null)
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { taskId: record.taskId, outcome } });
  else if (outcome === 'Cancelled') expect(execution.status).toBe('ABORTED');
  else expect(execution).toMatchObject({ status: 'FAILED', error });
}

/** At least one terminal event, all with one idempotency key, and all say what the record says. */
function expectEvents(
  { events }: Collected,
  record: TaskRecord,
  { outcome, events: count = 1 }: Expected,
): void {
  const { detailType } = OUTCOMES[outcome];
  expect(events.map((event) => event['detail-type'])).toEqual(Array(count).fill(detailType));
  const { taskId, operation, generation, reason, results, messages, warnings, attempts } = record;
  for (const event of events) {
    expect(faultOf(detailType, event)).toBeUndefined();
    expect(taskEventDetailSchema.parse(event.detail)).toMatchObject({
      idempotencyKey: `${operation}/${taskId}/${generation}`,
      ...{ taskId, operation, generation, outcome, results, messages, warnings, attempts },
      ...(reason !== undefined && { reason }),
    });
  }
}

/** Of all writes that DynamoDB took, one made the record terminal, and none came after it. */
function expectTerminalOnce({ aws }: FaultyCourier, taskId: string, { version }: TaskRecord): void {
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
  expect(written.map(({ outcome }) => outcome !== undefined).lastIndexOf(false)).toBe(written.length - 2);
  expect(written.at(-1)?.['version']).toEqual({ N: String(version) });
}

/** In its time, never past the deadline but for the one poll that each task gets, and within the budget. */
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

/** What is listed is there, whole; what is there is listed; and it is what Aspose sent. */
async function expectDocuments(
  courier: FaultyCourier,
  record: TaskRecord,
  expected: Expected,
): Promise<void> {
  const { documents = [], undecoded = {}, leftovers = false } = expected;
  const folder = `results/${record.operation}/${record.taskId}/`;
  const keys = (await courier.keys(folder)).toSorted();
  // Nothing that Aspose names is part of a key.
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

/** How much of a courier's logs and events has been searched already. */
const searched = new WeakMap<FaultyCourier, { readonly logs: number; readonly events: number }>();

/** To be called when the courier's logs and events have been emptied. */
export function searchAnew(courier: FaultyCourier): void {
  searched.delete(courier);
}

/** No log line, event, record, output, error or cause holds a secret, a token, a link or the text of a document. */
export function expectNoCanary(courier: FaultyCourier, ends: readonly Collected[]): void {
  const { logs = 0, events = 0 } = searched.get(courier) ?? {};
  searched.set(courier, { logs: courier.logs.length, events: courier.events.length });
  const seen = [
    ...courier.logs.slice(logs),
    ...courier.events.slice(events).map(({ detail }) => {
      // What a caller sends itself is in its own input, and nowhere else.
      const { input: _, ...said } = Object(detail);
      return JSON.stringify(said);
    }),
    ...ends.map(({ execution: { input: _, history, ...execution }, record }) =>
      JSON.stringify([execution, record, history.map(({ output, error, cause }) => [output, error, cause])]),
    ),
  ].join('\n');
  for (const canary of courier.canaries()) {
    if (seen.includes(canary)) expect.fail(`${canary.slice(0, 24)} is seen in ${lineOf(seen, canary)}`);
  }
}

function lineOf(text: string, part: string): string {
  return text.split('\n').find((line) => line.includes(part)) ?? '';
}
