import { isOutcomeError } from '../contracts/outcomes.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { ending } from './assess-poll.ts';
import {
  type Claimant,
  claimTask,
  closeRecord,
  isExpired,
  NOTHING_STORED,
  type TaskToCollect,
  type TerminalRecord,
} from './task-record.ts';
import { publishOnce, type TerminalEventPorts } from './terminal-events.ts';

export interface CloseTaskPorts extends TerminalEventPorts {
  /** Epoch milliseconds. */
  now(): number;
}

/** An execution that did not succeed, or that is about to fail. */
export interface EndedExecution extends Claimant {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Name of the error that ended it. Not every event carries it. */
  readonly error?: string;
}

/** What was done when an execution ended. `detail` is the detail of the published event. */
export type Closing =
  | { readonly kind: 'Published'; readonly detail: TaskEventDetail }
  | { readonly kind: 'Nothing'; readonly because: string };

/**
 * Closes the task of an execution that failed, timed out or was stopped, and publishes its terminal
 * event once. It can be repeated: the outcome stays as it is, and an event that is published again,
 * because the record could not be written after it, has the same idempotency key.
 */
export async function closeTask(
  execution: EndedExecution,
  input: TaskToCollect,
  ports: CloseTaskPorts,
): Promise<Closing> {
  const { status, error = '' } = execution;
  if (status === 'FAILED' && isOutcomeError(error)) return ALREADY_PUBLISHED;
  for (;;) {
    const found = await ports.records.read(input.taskId);
    // An execution that died before it claimed the task is closed as if it had claimed it.
    const claim = claimTask(found, input, execution, ports.now());
    if (claim.kind === 'Conflict')
      return { kind: 'Nothing', because: 'the task belongs to another operation' };
    if (claim.kind === 'Join' || (claim.kind === 'Ended' && !claim.owned)) {
      return { kind: 'Nothing', because: 'the task belongs to another execution' };
    }
    if (claim.record.terminalEvent === 'Published') return ALREADY_PUBLISHED;
    // A message of the dead-letter queue may be redriven when DynamoDB has deleted the record.
    if (found === undefined && isForgotten(claim.record, ports.now())) return FORGOTTEN;
    // The claim itself is not written, so the closed record takes the claim's version.
    const pending: TerminalRecord =
      claim.kind === 'Ended'
        ? { ...claim.record, terminalEvent: 'Pending', version: claim.record.version + 1 }
        : {
            ...closeRecord(claim.record, endingOf(execution), NOTHING_STORED, ports.now()),
            terminalEvent: 'Pending',
            version: claim.record.version,
          };
    if (!(await ports.records.write(pending))) continue;
    const { detail } = await publishOnce(pending, ports);
    return { kind: 'Published', detail };
  }
}

const ALREADY_PUBLISHED = {
  kind: 'Nothing',
  because: 'the outcome was published before the execution ended',
} as const satisfies Closing;

const FORGOTTEN = {
  kind: 'Nothing',
  because: 'the record has expired and was deleted',
} as const satisfies Closing;

/** An execution ends at most an hour after its record expires. */
const FORGOTTEN_SECONDS = 2 * 60 * 60;

function isForgotten(record: TaskRecord, now: number): boolean {
  return isExpired(record, now - FORGOTTEN_SECONDS * 1000);
}

function endingOf({ status }: EndedExecution) {
  if (status === 'ABORTED') return ending({ outcome: 'Cancelled' });
  const message =
    status === 'TIMED_OUT' ? 'The execution timed out.' : 'The execution failed; its history has the cause.';
  return ending({ outcome: 'Failed', reason: 'InternalError', messages: [message] });
}
