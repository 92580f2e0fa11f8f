import type { OperationName } from '../contracts/operations.ts';
import type { Outcome } from '../contracts/outcomes.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import type { Ending } from './assess-poll.ts';
import type { ImageEndPorts } from './end-image.ts';
import type { StoredEnding, TaskRecords } from './task-record.ts';
import type { Poll } from './vendor-response.ts';

/** Fetches task results from Aspose. */
export interface VendorClient {
  /** Polls once, within the timeout. Every fault of Aspose or the network is returned as data. */
  poll(operation: OperationName, taskId: string, timeoutSeconds: number): Promise<Poll>;
}

export interface DocumentWriter {
  readonly bucket: string;
  /** Stores every result of an ending, then the manifest, within the timeout. */
  store(record: TaskRecord, ending: Ending, timeoutSeconds: number): Promise<StoredEnding>;
}

/** One poll, for the log. It contains no untrusted text. */
export interface PollReport {
  readonly taskId: string;
  readonly operation: OperationName;
  readonly attempt: number;
  /** Aspose's task status, or the kind of fault. */
  readonly observed: string;
  readonly detail?: string;
  /** Seconds until Aspose deletes the result; negative afterwards. */
  readonly expiresInSeconds: number;
  /** Present when another poll follows. */
  readonly nextPollSeconds?: number;
  /** Present when the task has ended. */
  readonly outcome?: Outcome;
}

/** Everything that the use case `fetchResult` needs from outside. */
export interface FetchResultPorts extends ImageEndPorts {
  readonly records: TaskRecords;
  readonly vendor: VendorClient;
  readonly documents: DocumentWriter;
  /** Epoch milliseconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** Time left in this invocation. */
  remainingSeconds(): number;
  /** Whether an operator has paused polling. */
  isPollingPaused(): Promise<boolean>;
  onPoll(report: PollReport): void;
  /**
   * Called when a poll was due while polling is paused, with the seconds until Aspose deletes the
   * result.
   */
  onPause(expiresInSeconds: number): void;
}
