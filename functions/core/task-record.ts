import type { Outcome } from '../contracts/outcomes.ts';
import type { ExecutionInput } from '../contracts/task-input.ts';
import { MAX_LISTED_RESULTS, type StoredResult, type TaskRecord } from '../contracts/task-record.ts';
import { type Assessment, type Ending, limitText } from './assess-poll.ts';
import { printableType } from './document-formats.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';

/** The record of a task that has ended. */
export type TerminalRecord = TaskRecord & { readonly outcome: Outcome };

export function isTerminal(record: TaskRecord): record is TerminalRecord {
  return record.outcome !== undefined;
}

/** Where task records are kept. */
export interface TaskRecords {
  read(taskId: string): Promise<TaskRecord | undefined>;
  /** Writes the record unless another write came after the one it was made from; says whether it did. */
  write(record: TaskRecord): Promise<boolean>;
}

/** An owner that is later than this with its next poll counts as dead: a function's time-out and its retries. */
export const LEASE_SECONDS = 900;

/** What an execution may do with a task, given the record it found. */
export type Claim =
  /** The task is this execution's, once `record` is written. */
  | { readonly kind: 'Own'; readonly record: TaskRecord }
  /** Another execution is at work on it. */
  | { readonly kind: 'Join'; readonly record: TaskRecord }
  /** It has ended; `owned` when this execution was the one that collected it. */
  | { readonly kind: 'Ended'; readonly record: TerminalRecord; readonly owned: boolean }
  /** The id is in use for another operation. */
  | { readonly kind: 'Conflict'; readonly operation: string };

/** Who claims a task. */
export interface Claimant {
  readonly executionArn: string;
  /** When the execution started, in epoch milliseconds. */
  readonly startedAt: number;
}

/** Decides to whom a task belongs: docs/design/design.md, "One collection per task". `now` is in epoch milliseconds. */
export function claimTask(
  found: TaskRecord | undefined,
  input: ExecutionInput,
  claimant: Claimant,
  now: number,
): Claim {
  const { executionArn, startedAt } = claimant;
  if (found === undefined) return { kind: 'Own', record: openRecord(input, claimant, now) };
  const ended = isTerminal(found);
  if (found.executionArn === executionArn) {
    return ended
      ? { kind: 'Ended', record: found, owned: true }
      : { kind: 'Own', record: renewLease(found, now) };
  }
  const abandoned = !ended && Date.parse(found.leaseExpiresAt) <= now;
  // What ended while this execution waited for it is its outcome, too, even if it expires at its end.
  const awaited = found.completedAt !== undefined && Date.parse(found.completedAt) >= startedAt;
  if ((ended || abandoned) && isExpired(found, now) && !awaited) {
    return { kind: 'Own', record: openRecord(input, claimant, now, found) };
  }
  if (found.operation !== input.operation) return { kind: 'Conflict', operation: found.operation };
  if (ended && input.generation > found.generation) {
    return { kind: 'Own', record: openRecord(input, claimant, now, found) };
  }
  if (ended) return { kind: 'Ended', record: found, owned: false };
  if (abandoned) return { kind: 'Own', record: { ...renewLease(found, now), executionArn } };
  return { kind: 'Join', record: found };
}

/** Past its TTL a record is gone for every reader, whether or not DynamoDB has deleted it. */
export function isExpired(record: TaskRecord, now: number): boolean {
  return record.expiresAt * 1000 <= now;
}

/** A new collection, in the place of `replaced` if there was one. */
export function openRecord(
  input: ExecutionInput,
  { executionArn, startedAt }: Claimant,
  now: number,
  replaced?: TaskRecord,
): TaskRecord {
  const { taskId, operation, generation, submittedAt, correlation } = input;
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
    ...(submittedAt !== undefined && { submittedAt: instant(keptFrom) }),
    // Not the moment of the claim: should the record be lost, the deadline stands.
    startedAt: instant(startedAt),
    leaseExpiresAt: instant(now + LEASE_SECONDS * 1000),
    results: [],
    resultCount: 0,
    resultBytes: 0,
    partial: false,
    empty: false,
    messages: [],
    warnings: [],
    ...(correlation !== undefined && { correlation }),
    expiresAt: Math.floor(keptFrom / 1000) + RESULT_LIFETIME_SECONDS,
    version: (replaced?.version ?? 0) + 1,
  };
}

function renewLease(record: TaskRecord, now: number): TaskRecord {
  return { ...record, leaseExpiresAt: instant(now + LEASE_SECONDS * 1000), version: record.version + 1 };
}

/** The record after a poll; not written yet. */
export function afterPoll(record: TaskRecord, assessment: Assessment): TaskRecord {
  const taskStatus =
    assessment.kind === 'Alive' ? assessment.taskStatus : (assessment.taskStatus ?? record.taskStatus);
  const isFault = assessment.kind === 'Fault';
  return {
    ...record,
    attempts: record.attempts + 1,
    ...(taskStatus !== undefined && { taskStatus }),
    faults: record.faults + (isFault ? 1 : 0),
    faultsInARow: isFault
      ? { ...record.faultsInARow, [assessment.fault]: (record.faultsInARow[assessment.fault] ?? 0) + 1 }
      : {},
  };
}

/** The record of a task whose next poll is left to a later invocation. */
export function scheduleNextPoll(record: TaskRecord, delaySeconds: number, now: number): TaskRecord {
  const nextPollAt = now + delaySeconds * 1000;
  return {
    ...record,
    nextPollAt: instant(nextPollAt),
    leaseExpiresAt: instant(nextPollAt + LEASE_SECONDS * 1000),
    version: record.version + 1,
  };
}

/** What was stored of an ending. */
export interface StoredEnding {
  readonly results: readonly StoredResult[];
  readonly manifestKey?: string;
  /** What is odd about the documents. */
  readonly warnings: readonly string[];
}

export const NOTHING_STORED: StoredEnding = { results: [], warnings: [] };

/** The terminal record: it never changes again, but for a new generation. */
export function closeRecord(
  record: TaskRecord,
  ending: Ending,
  stored: StoredEnding,
  now: number,
): TerminalRecord {
  const { nextPollAt: _, ...kept } = record;
  const { outcome, reason, partial, empty, messages, warnings } = ending;
  const responseStatusCode = printableType(ending.responseStatusCode);
  return {
    ...kept,
    status: outcome,
    outcome,
    ...(reason !== undefined && { reason }),
    ...(responseStatusCode !== null && { responseStatusCode }),
    completedAt: instant(now),
    results: stored.results.slice(0, MAX_LISTED_RESULTS),
    resultCount: stored.results.length,
    resultBytes: stored.results.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(stored.manifestKey !== undefined && { manifestKey: stored.manifestKey }),
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
