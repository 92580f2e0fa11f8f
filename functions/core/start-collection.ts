import type { ExecutionInput } from '../contracts/task-input.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { isTooOld, parseInputToStart } from './execution-input.ts';
import { executionName } from './execution-name.ts';
import { type ExecutionStarts, lastUsedGeneration, type NamedExecution } from './execution-starts.ts';
import { TaskConflict } from './task-errors.ts';
import { claimTask, isExpired, type TaskRecords } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface StartCollectionPorts {
  readonly records: TaskRecords;
  readonly executions: ExecutionStarts<ExecutionInput>;
  /** Epoch milliseconds. */
  now(): number;
}

/** Asks for a task to be collected. */
export interface CollectionRequest {
  /** Its `generation` is the minimum. */
  readonly task: ExecutionInput;
  /** Collects a task again that has already ended. */
  readonly recollect?: boolean;
  /**
   * Time of the event that requested it, in epoch milliseconds. EventBridge may deliver an event
   * again hours later.
   */
  readonly requestedAt?: number;
}

/** The result of a request. */
export type CollectionStart =
  /** The task is being collected or has been. `isNew`: this request started the collection. */
  | { readonly kind: 'Recorded'; readonly record: TaskRecord; readonly isNew: boolean }
  /** An event was delivered again after its task was collected and the record deleted. */
  | { readonly kind: 'Forgotten' };

/**
 * Starts the collection of a task, unless it is running or has ended, and claims the task, so that
 * readers find its record immediately.
 *
 * Execution names derive from task and generation, so that two callers who start the same task get
 * one execution. If the name belongs to a collection whose record is gone, a later generation is
 * used.
 *
 * @throws TaskConflict when the task id is in use for another operation, and InvalidInput when the
 * execution would refuse its input; both before anything is started
 */
export async function startCollection(
  { task, recollect = false, requestedAt }: CollectionRequest,
  ports: StartCollectionPorts,
): Promise<CollectionStart> {
  let unusedGeneration = task.generation;
  for (;;) {
    const now = ports.now();
    const found = await ports.records.read(task.taskId);
    const isRecollection = recollect && found?.outcome !== undefined;
    const request = isRecollection ? { ...submissionOf(found), ...task } : task;
    const minimumGeneration = Math.max(task.generation, (found?.generation ?? 0) + (isRecollection ? 1 : 0));
    // Decide as if an execution had started when the request was made.
    const claimant = { executionArn: '', startedAt: requestedAt ?? now };
    const claim = claimTask(found, { ...request, generation: minimumGeneration }, claimant, now);
    if (claim.kind === 'Conflict') throw new TaskConflict(task.taskId, task.operation, claim.operation);
    // An execution that finds an event to be published waits until it is, and then collects.
    const waitsForEvent = claim.kind === 'Join' && claim.record.outcome !== undefined;
    if (claim.kind !== 'Own' && !waitsForEvent)
      return { kind: 'Recorded', record: claim.record, isNew: false };

    unusedGeneration = Math.max(unusedGeneration, minimumGeneration);
    // The expired collection has published its event, and a new event needs a new idempotency key.
    if (found !== undefined && isExpired(found, now)) {
      unusedGeneration = Math.max(unusedGeneration, found.generation + 1);
    }
    const wanted = { ...request, generation: unusedGeneration };
    // Not refused: by now, the task may be too old to be collected.
    if (
      requestedAt !== undefined &&
      isTooOld(wanted, now) &&
      (await wasHandled(wanted, requestedAt, ports))
    ) {
      return { kind: 'Forgotten' };
    }
    const input = parseInputToStart(wanted, now);
    const execution = await ports.executions.start(executionName(input), input);
    if (execution.kind === 'Running') {
      const record = await claimFor(execution, ports);
      if (record.operation === task.operation) return { kind: 'Recorded', record, isNew: execution.isNew };
      throw new TaskConflict(task.taskId, task.operation, record.operation);
    }
    const { taskId } = task;
    const nameOf = (generation: number) => executionName({ taskId, generation });
    const used = await lastUsedGeneration(
      { ...execution, generation: input.generation },
      nameOf,
      ports.executions,
    );
    if (requestedAt !== undefined && used.startedAt >= requestedAt) return { kind: 'Forgotten' };
    unusedGeneration = used.generation + 1;
  }
}

/** Whether an execution that was started after the event was published has handled it. */
async function wasHandled(
  input: ExecutionInput,
  requestedAt: number,
  { executions }: StartCollectionPorts,
): Promise<boolean> {
  const execution = await executions.find(executionName(input));
  return execution?.kind === 'Ended' && execution.startedAt >= requestedAt;
}

/** Fields of the submission that the task's next collection keeps. */
function submissionOf({ submittedAt, correlation }: TaskRecord): Partial<ExecutionInput> {
  return withoutUndefined({ submittedAt, correlation });
}

/** Writes the claim that the execution itself is about to write. */
async function claimFor(
  execution: Extract<NamedExecution<ExecutionInput>, { kind: 'Running' }>,
  { records, now }: StartCollectionPorts,
): Promise<TaskRecord> {
  const { input } = execution;
  for (;;) {
    const found = await records.read(input.taskId);
    if (found?.executionArn === execution.executionArn) return found;
    const claim = claimTask(found, input, execution, now());
    if (claim.kind === 'Conflict') throw new TaskConflict(input.taskId, input.operation, claim.operation);
    if (claim.kind !== 'Own' || (await records.write(claim.record))) return claim.record;
  }
}
