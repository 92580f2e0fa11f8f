import type { ExecutionInput } from '../contracts/task-input.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { executionName } from './execution-name.ts';
import { TaskConflict } from './task-conflict.ts';
import { type Claimant, claimTask, isExpired, type TaskRecords } from './task-record.ts';

/** The execution of a name under which one was to be started. */
export type NamedExecution =
  /** It runs. `isNew` is false when it ran already, with another input. */
  | (Claimant & { readonly kind: 'Running'; readonly input: ExecutionInput; readonly isNew: boolean })
  /** It has used the name up: Step Functions keeps it for 90 days. */
  | { readonly kind: 'Ended'; readonly startedAt: number };

export interface ExecutionStarts {
  /** Starts an execution, unless the name is taken. */
  start(name: string, input: ExecutionInput): Promise<NamedExecution>;
}

export interface StartCollectionPorts {
  readonly records: TaskRecords;
  readonly executions: ExecutionStarts;
  /** Epoch milliseconds. */
  now(): number;
}

/** Asks for a task to be collected. */
export interface CollectionRequest {
  /** Its `generation` is the lowest that will do. */
  readonly task: ExecutionInput;
  /** Collect once more what has been collected already. */
  readonly recollect?: boolean;
  /** When an event asked for it, in epoch milliseconds: the same one may come again, hours later. */
  readonly askedAt?: number;
}

/** What came of a request. */
export type CollectionStart =
  /** The task is being collected, or has been; `isNew` when that was started now. */
  | { readonly kind: 'Recorded'; readonly record: TaskRecord; readonly isNew: boolean }
  /** An event came again: what it asked for was done, and the record of it is gone. */
  | { readonly kind: 'Forgotten' };

/**
 * Starts the collection of a task, unless it is under way or there already, and claims the task for it: whoever
 * looks for the task now finds it.
 *
 * Names of executions derive from task and generation, so that two who start the same get one execution. Where a
 * name has been used up by a collection whose record is gone, the generation moves on.
 *
 * @throws TaskConflict when the id is in use for another operation
 */
export async function startCollection(
  { task, recollect = false, askedAt }: CollectionRequest,
  ports: StartCollectionPorts,
): Promise<CollectionStart> {
  let unusedGeneration = task.generation;
  for (;;) {
    const now = ports.now();
    const found = await ports.records.read(task.taskId);
    const isRecollection = recollect && found?.outcome !== undefined;
    const request = isRecollection ? { ...submissionOf(found), ...task } : task;
    const minimumGeneration = Math.max(task.generation, (found?.generation ?? 0) + (isRecollection ? 1 : 0));
    // What would become of an execution that had been started when it was asked for?
    const claimant = { executionArn: '', startedAt: askedAt ?? now };
    const claim = claimTask(found, { ...request, generation: minimumGeneration }, claimant, now);
    if (claim.kind === 'Conflict') throw new TaskConflict(task.taskId, task.operation, claim.operation);
    if (claim.kind !== 'Own') return { kind: 'Recorded', record: claim.record, isNew: false };

    unusedGeneration = Math.max(unusedGeneration, minimumGeneration);
    // Its event has been published: another one needs another idempotency key.
    if (found !== undefined && isExpired(found, now)) {
      unusedGeneration = Math.max(unusedGeneration, found.generation + 1);
    }
    const input = { ...request, generation: unusedGeneration };
    const execution = await ports.executions.start(executionName(input), input);
    if (execution.kind === 'Running') {
      const record = await claimFor(execution, ports);
      if (record.operation === task.operation) return { kind: 'Recorded', record, isNew: execution.isNew };
      throw new TaskConflict(task.taskId, task.operation, record.operation);
    }
    if (askedAt !== undefined && execution.startedAt >= askedAt) return { kind: 'Forgotten' };
    unusedGeneration += 1;
  }
}

/** What was said of a task's submission, which its next collection shares. */
function submissionOf({ submittedAt, correlation }: TaskRecord): Partial<ExecutionInput> {
  return {
    ...(submittedAt !== undefined && { submittedAt }),
    ...(correlation !== undefined && { correlation }),
  };
}

/** Makes the claim that the execution itself is about to make. */
async function claimFor(
  execution: Extract<NamedExecution, { kind: 'Running' }>,
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
