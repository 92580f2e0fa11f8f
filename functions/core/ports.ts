import type { OperationName } from '../contracts/operations.ts';
import type { Outcome } from '../contracts/outcomes.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import type { Ending } from './assess-poll.ts';
import type { StoredEnding, TaskRecords } from './task-record.ts';
import type { Poll } from './vendor-response.ts';

/** Aspose, as far as fetching goes. */
export interface VendorClient {
  /** Polls once. Whatever the vendor or the network does comes back as data, within the time given. */
  poll(operation: OperationName, taskId: string, timeoutSeconds: number): Promise<Poll>;
}

export interface DocumentWriter {
  readonly bucket: string;
  /** Stores every result of an ending, and the manifest. */
  store(record: TaskRecord, ending: Ending): Promise<StoredEnding>;
}

/** One poll, for the log: nothing foreign in it. */
export interface PollReport {
  readonly taskId: string;
  readonly operation: OperationName;
  readonly attempt: number;
  /** Aspose's status, or what came in its place. */
  readonly observed: string;
  readonly detail?: string;
  /** Until Aspose has deleted the result; negative when it has. */
  readonly expiresInSeconds: number;
  /** Either when the next poll follows, or how the task has ended. */
  readonly nextPollSeconds?: number;
  readonly outcome?: Outcome;
}

export interface FetchResultPorts {
  readonly records: TaskRecords;
  readonly vendor: VendorClient;
  readonly documents: DocumentWriter;
  /** Epoch milliseconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** What is left of this invocation. */
  remainingSeconds(): number;
  /** Whether an operator has paused polling. */
  isPollingPaused(): Promise<boolean>;
  onPoll(report: PollReport): void;
  /** A poll was due, but polling is paused. What Aspose has of the task is kept that long; negative when it is deleted. */
  onPause(expiresInSeconds: number): void;
}

/** Until Aspose has deleted the result; negative when it has. */
export function expiresInSeconds(
  { expiresAt }: Pick<TaskRecord, 'expiresAt'>,
  { now }: Pick<FetchResultPorts, 'now'>,
): number {
  return expiresAt - Math.floor(now() / 1000);
}

/** Never negative: the clocks of two environments may disagree. */
export function secondsSince(instant: string, { now }: Pick<FetchResultPorts, 'now'>): number {
  return Math.max(0, (now() - Date.parse(instant)) / 1000);
}

/** A poll is begun only with this much of the invocation left, to download and to store what it brings. */
export const POLL_RESERVE_SECONDS = 90;

/** Whether to wait that long and then poll, still in this invocation. */
export function hasTimeFor(delaySeconds: number, { remainingSeconds }: FetchResultPorts): boolean {
  return remainingSeconds() - delaySeconds >= POLL_RESERVE_SECONDS;
}
