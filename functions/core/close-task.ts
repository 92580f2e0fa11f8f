import type { ExecutionStatusChange } from '../contracts/execution-status-change.ts';
import { isOutcomeError, OUTCOMES } from '../contracts/outcomes.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';
import type { ExecutionInput } from '../contracts/task-input.ts';
import { ending } from './assess-poll.ts';
import { taskEventDetail } from './event-detail.ts';
import { claimTask, closeRecord, NOTHING_STORED, type TaskRecords } from './task-record.ts';

export interface TerminalEvents {
  /** @throws when the bus does not accept the event */
  publish(detailType: string, detail: TaskEventDetail): Promise<void>;
}

export interface CloseTaskPorts {
  readonly records: TaskRecords;
  readonly events: TerminalEvents;
  /** The results bucket's name, for the event. */
  readonly bucket: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** What was done when an execution ended. `detail` is the detail of the published event. */
export type Closing =
  | { readonly kind: 'Published'; readonly detail: TaskEventDetail }
  | { readonly kind: 'Nothing'; readonly because: string };

/**
 * Closes the task of an execution that failed, timed out or was stopped, and publishes its terminal
 * event. It can be repeated: the record stays as it is, and the event has the same idempotency key.
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
    // An execution that died before it claimed the task is closed as if it had claimed it.
    const claim = claimTask(found, input, claimant, ports.now());
    if (claim.kind === 'Conflict')
      return { kind: 'Nothing', because: 'the task belongs to another operation' };
    if (claim.kind === 'Join' || (claim.kind === 'Ended' && !claim.owned)) {
      return { kind: 'Nothing', because: 'the task belongs to another execution' };
    }
    // A cancellation has closed and published the task. A person who stops with this error has
    // closed nothing.
    if (saysOutcome && claim.kind === 'Ended') return ALREADY_PUBLISHED;
    // The claim itself is not written, so the closed record takes the claim's version.
    const record =
      claim.kind === 'Ended'
        ? claim.record
        : {
            ...closeRecord(claim.record, endingOf(change), NOTHING_STORED, ports.now()),
            version: claim.record.version,
          };
    if (claim.kind === 'Own' && !(await ports.records.write(record))) continue;
    const detail = taskEventDetail(record, ports.bucket);
    await ports.events.publish(OUTCOMES[record.outcome].detailType, detail);
    return { kind: 'Published', detail };
  }
}

const ALREADY_PUBLISHED = {
  kind: 'Nothing',
  because: 'the outcome was published before the execution ended',
} as const satisfies Closing;

function endingOf({ status }: ExecutionStatusChange['detail']) {
  if (status === 'ABORTED') return ending({ outcome: 'Cancelled' });
  const message =
    status === 'TIMED_OUT' ? 'The execution timed out.' : 'The execution failed; its history has the cause.';
  return ending({ outcome: 'Failed', reason: 'InternalError', messages: [message] });
}
