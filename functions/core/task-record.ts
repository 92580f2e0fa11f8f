import type { Outcome } from '../contracts/outcomes.ts';
import type { TaskImage } from '../contracts/submit-image.ts';
import type { ExecutionInput } from '../contracts/task-input.ts';
import { MAX_LISTED_RESULTS, type StoredResult, type TaskRecord } from '../contracts/task-record.ts';
import { type Assessment, type Ending, limitText } from './assess-poll.ts';
import { printableType } from './document-formats.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';
import { withoutUndefined } from './without-undefined.ts';

/** The record of a task that has ended. */
export type TerminalRecord = TaskRecord & { readonly outcome: Outcome };

export function isTerminal(record: TaskRecord): record is TerminalRecord {
  return record.outcome !== undefined;
}

/** The store of task records. */
export interface TaskRecords {
  read(taskId: string): Promise<TaskRecord | undefined>;
  /** Writes the record if its predecessor is still the latest version; returns whether it did. */
  write(record: TaskRecord): Promise<boolean>;
}

/**
 * An owner that is this late with its next poll counts as dead. Covers the function's timeout and
 * its retries.
 */
export const LEASE_SECONDS = 900;

/** A task to be collected, with its image if ocr-courier submitted it. */
export interface TaskToCollect extends ExecutionInput {
  /** The batch that collects it. */
  readonly batchId?: string;
  readonly image?: Pick<TaskImage, 'imageId' | 'source' | 'uploads'>;
}

/** What an execution may do with a task, given the task's record. */
export type Claim =
  /** This execution owns the task once `record` is written. */
  | { readonly kind: 'Own'; readonly record: TaskRecord }
  /** Another execution collects the task, or its terminal event has to be published first. */
  | { readonly kind: 'Join'; readonly record: TaskRecord }
  /** The task has ended. `owned`: this execution collected it. */
  | { readonly kind: 'Ended'; readonly record: TerminalRecord; readonly owned: boolean }
  /** The task id is in use for another operation. */
  | { readonly kind: 'Conflict'; readonly operation: string };

/** The execution that claims a task. */
export interface Claimant {
  readonly executionArn: string;
  /** When the execution started, in epoch milliseconds. */
  readonly startedAt: number;
}

/**
 * Decides which execution owns a task (docs/design/design.md, "One collection per task"). `now` is
 * in epoch milliseconds.
 */
export function claimTask(
  found: TaskRecord | undefined,
  input: TaskToCollect,
  claimant: Claimant,
  now: number,
): Claim {
  const { executionArn, startedAt } = claimant;
  if (found === undefined) return { kind: 'Own', record: openRecord(input, claimant, now) };
  const ended = isTerminal(found);
  if (found.executionArn === executionArn) {
    if (ended) return { kind: 'Ended', record: found, owned: true };
    // The image of a lost task may have been uploaded again, without another task.
    const uploads = input.image?.uploads;
    return { kind: 'Own', record: { ...renewLease(found, now), ...withoutUndefined({ uploads }) } };
  }
  // A lost task waits for its owner's next upload, which has a lease of its own. The sweep ends it.
  const isLost = found.lostAs !== undefined;
  const abandoned = !ended && !isLost && Date.parse(found.leaseExpiresAt) <= now;
  // A joined task that ended while this execution waited is its outcome too, even if the record has
  // expired since.
  const awaited = found.completedAt !== undefined && Date.parse(found.completedAt) >= startedAt;
  // An execution that started before the expiry is late: the task's outcome is its outcome, too.
  const replaceable = isExpired(found, Math.min(startedAt, now)) && !awaited;
  const isLaterGeneration = ended && input.generation > found.generation;
  // The record is all that is left of an event that has to be published. The sweep publishes it.
  if (ended && found.terminalEvent === 'Pending' && (replaceable || isLaterGeneration)) {
    return { kind: 'Join', record: found };
  }
  if ((ended || abandoned) && replaceable) {
    return { kind: 'Own', record: openRecord(input, claimant, now, found) };
  }
  if (found.operation !== input.operation) return { kind: 'Conflict', operation: found.operation };
  if (isLaterGeneration) {
    return { kind: 'Own', record: openRecord(input, claimant, now, found) };
  }
  if (ended) return { kind: 'Ended', record: found, owned: false };
  if (abandoned) return { kind: 'Own', record: takeOver(found, input, executionArn, now) };
  return { kind: 'Join', record: found };
}

/** Every reader treats an expired record as deleted, even before DynamoDB deletes it. */
export function isExpired(record: TaskRecord, now: number): boolean {
  return record.expiresAt * 1000 <= now;
}

/** The record of a new collection, which replaces an earlier record if there is one. */
export function openRecord(
  input: TaskToCollect,
  { executionArn, startedAt }: Claimant,
  now: number,
  replaced?: TaskRecord,
): TaskRecord {
  const { taskId, operation, generation, submittedAt, correlation, batchId } = input;
  // A recollection is of the same image.
  const { imageId, source, uploads } = input.image ?? replaced ?? {};
  const keptFrom = submittedAt === undefined ? startedAt : Date.parse(submittedAt);
  return {
    taskId,
    operation,
    generation,
    status: 'Collecting',
    attempts: 0,
    faults: 0,
    faultsInARow: {},
    executionArn,
    ...withoutUndefined({ correlation, batchId, imageId, source, uploads }),
    ...(submittedAt !== undefined && { submittedAt: instant(keptFrom) }),
    // The start of the execution, not of the claim: the deadline stays the same if the record is
    // lost and claimed again.
    startedAt: instant(startedAt),
    leaseExpiresAt: instant(now + LEASE_SECONDS * 1000),
    results: [],
    resultCount: 0,
    resultBytes: 0,
    partial: false,
    empty: false,
    messages: [],
    warnings: [],
    expiresAt: Math.floor(keptFrom / 1000) + RESULT_LIFETIME_SECONDS,
    version: (replaced?.version ?? 0) + 1,
  };
}

/** A task that another execution abandoned. From now on it belongs to the batch, or to none. */
function takeOver(
  { batchId: _, ...abandoned }: TaskRecord,
  { batchId }: TaskToCollect,
  executionArn: string,
  now: number,
): TaskRecord {
  return { ...renewLease(abandoned, now), executionArn, ...withoutUndefined({ batchId }) };
}

function renewLease(record: TaskRecord, now: number): TaskRecord {
  return { ...record, leaseExpiresAt: instant(now + LEASE_SECONDS * 1000), version: record.version + 1 };
}

/** The record after a poll, not written yet. */
export function afterPoll(record: TaskRecord, assessment: Assessment): TaskRecord {
  const taskStatus =
    assessment.kind === 'Unfinished' ? assessment.taskStatus : (assessment.taskStatus ?? record.taskStatus);
  const isFault = assessment.kind === 'Fault';
  return {
    ...record,
    attempts: record.attempts + 1,
    ...withoutUndefined({ taskStatus }),
    faults: record.faults + (isFault ? 1 : 0),
    faultsInARow: isFault
      ? { ...record.faultsInARow, [assessment.fault]: (record.faultsInARow[assessment.fault] ?? 0) + 1 }
      : {},
  };
}

/** The record of a task whose next poll is scheduled. */
export function scheduleNextPoll(record: TaskRecord, delaySeconds: number, now: number): TaskRecord {
  const nextPollAt = now + delaySeconds * 1000;
  return {
    ...record,
    nextPollAt: instant(nextPollAt),
    leaseExpiresAt: instant(nextPollAt + LEASE_SECONDS * 1000),
    version: record.version + 1,
  };
}

/** What was stored for an ending. */
export interface StoredEnding {
  readonly results: readonly StoredResult[];
  readonly manifestKey?: string;
  /** Problems with the stored documents. */
  readonly warnings: readonly string[];
}

export const NOTHING_STORED: StoredEnding = { results: [], warnings: [] };

/** The terminal record. Only a new generation replaces it. */
export function closeRecord(
  record: TaskRecord,
  ending: Ending,
  stored: StoredEnding,
  now: number,
): TerminalRecord {
  const { nextPollAt: _, lostAs: __, ...kept } = record;
  const { outcome, reason, partial, empty, messages, warnings } = ending;
  const responseStatusCode = printableType(ending.responseStatusCode);
  return {
    ...kept,
    status: outcome,
    outcome,
    ...withoutUndefined({ reason, manifestKey: stored.manifestKey }),
    ...(responseStatusCode !== null && { responseStatusCode }),
    completedAt: instant(now),
    results: stored.results.slice(0, MAX_LISTED_RESULTS),
    resultCount: stored.results.length,
    resultBytes: stored.results.reduce((sum, { bytes }) => sum + bytes, 0),
    partial,
    empty,
    messages: [...messages],
    warnings: limitText([...warnings, ...stored.warnings]),
    version: record.version + 1,
  };
}

function instant(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
