import type { ExecutionStatusChange } from '../contracts/execution-status-change.ts';
import { isOutcomeError, OUTCOMES } from '../contracts/outcomes.ts';
import type { ExecutionInput } from '../contracts/task-input.ts';
import { ending } from './assess-poll.ts';
import { taskEventDetail } from './event-detail.ts';
import type { TerminalRecord } from './task-record.ts';
import { claimTask, closeRecord, NOTHING_STORED, type TaskRecords } from './task-record.ts';

export interface TerminalEvents {
  /** @throws when the bus does not take the event */
  publish(detailType: string, detail: ReturnType<typeof taskEventDetail>): Promise<void>;
}

export interface CloseTaskPorts {
  readonly records: TaskRecords;
  readonly events: TerminalEvents;
  /** The results bucket's name, for the event. */
  readonly bucket: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** What was done about an execution's end. `record` is what the published event tells. */
export type Closing =
  | { readonly kind: 'Published'; readonly record: TerminalRecord }
  | { readonly kind: 'Nothing'; readonly because: string };

/**
 * Closes the record of an execution that failed, timed out or was stopped, if it is still open, and publishes the
 * terminal event. May be repeated: the record stands, and the event has the same idempotency key.
 */
export async function closeTask(
  change: ExecutionStatusChange['detail'],
  input: ExecutionInput,
  ports: CloseTaskPorts,
): Promise<Closing> {
  const saysOutcome = isOutcomeError(change.error ?? '');
  if (saysOutcome && change.status === 'FAILED') return ALREADY_PUBLISHED;
  const claimant = { executionArn: change.executionArn, startedAt: change.startDate };
  for (;;) {
    const found = await ports.records.read(input.taskId);
    // An execution that died before its claim is closed as if it had made it.
    const claim = claimTask(found, input, claimant, ports.now());
    if (claim.kind === 'Conflict')
      return { kind: 'Nothing', because: 'the task belongs to another operation' };
    if (claim.kind === 'Join' || (claim.kind === 'Ended' && !claim.owned)) {
      return { kind: 'Nothing', because: 'the task belongs to another execution' };
    }
    // Stopped by a cancellation, which has closed and published; a person may stop with any error, but closes nothing.
    if (saysOutcome && claim.kind === 'Ended') return ALREADY_PUBLISHED;
    // The claim itself is not written: the closed record takes the version that the claim would have had.
    const record =
      claim.kind === 'Ended'
        ? claim.record
        : {
            ...closeRecord(claim.record, endingOf(change), NOTHING_STORED, ports.now()),
            version: claim.record.version,
          };
    if (claim.kind === 'Own' && !(await ports.records.write(record))) continue;
    await ports.events.publish(OUTCOMES[record.outcome].detailType, taskEventDetail(record, ports.bucket));
    return { kind: 'Published', record };
  }
}

const ALREADY_PUBLISHED = {
  kind: 'Nothing',
  because: 'its outcome was published before it ended with it',
} as const satisfies Closing;

function endingOf({ status }: ExecutionStatusChange['detail']) {
  if (status === 'ABORTED') return ending({ outcome: 'Cancelled' });
  const message =
    status === 'TIMED_OUT' ? 'The execution timed out.' : 'The execution failed; its history has the cause.';
  return ending({ outcome: 'Failed', reason: 'InternalError', messages: [message] });
}
