import type { ExecutionInput, TaskRecord } from '../contract.ts';
import type { StartRequest } from '../task-api-contract.ts';
import { TaskConflict } from './fetch-result.ts';
import { type Claimant, claimTask, isExpired, type TaskRecords } from './task-record.ts';

/** An execution that runs, and the input it was started with. */
export interface RunningExecution extends Claimant {
  readonly input: ExecutionInput;
  /** False when it ran already, with another input. */
  readonly isNew: boolean;
}

export interface ExecutionStarts {
  /**
   * Starts an execution. A name stays taken for 90 days after its execution's end (Step Functions).
   *
   * @returns the execution of that name, or undefined when it has ended
   */
  start(name: string, input: ExecutionInput): Promise<RunningExecution | undefined>;
}

export interface StartCollectionPorts {
  readonly records: TaskRecords;
  readonly executions: ExecutionStarts;
  /** Epoch milliseconds. */
  now(): number;
}

/** A task's collection; `isNew` when it was started now. */
export interface Collection {
  readonly record: TaskRecord;
  readonly isNew: boolean;
}

/**
 * Starts the collection of a task, unless it is under way or there already.
 *
 * Names of executions derive from task and generation, so that two who start the same get one execution. Where a
 * name has been used up by a collection whose record is gone, the generation moves on.
 *
 * @throws TaskConflict when the id is in use for another operation
 */
export async function startCollection(
  request: StartRequest,
  ports: StartCollectionPorts,
): Promise<Collection> {
  const { recollect, ...task } = request;
  let unusedGeneration = 1;
  for (;;) {
    const now = ports.now();
    const found = await ports.records.read(task.taskId);
    const generation = wantedGeneration(found, recollect, now);
    // What would become of an execution that started now, under a name of its own?
    const claim = claimTask(found, { ...task, generation }, { executionArn: '', startedAt: now }, now);
    if (claim.kind === 'Conflict') throw new TaskConflict(task.taskId, task.operation, claim.operation);
    if (claim.kind !== 'Own') return { record: claim.record, isNew: false };

    unusedGeneration = Math.max(unusedGeneration, generation);
    const input = { ...task, generation: unusedGeneration };
    const execution = await ports.executions.start(executionName(input), input);
    if (execution !== undefined) {
      return { record: await claimFor(execution, ports), isNew: execution.isNew };
    }
    unusedGeneration += 1;
  }
}

/** At most 72 characters; the part after the last hyphen is the generation, so no two tasks share a name. */
export function executionName({ taskId, generation }: Pick<ExecutionInput, 'taskId' | 'generation'>): string {
  return `${taskId}-${generation}`;
}

function wantedGeneration(found: TaskRecord | undefined, recollect: boolean, now: number): number {
  if (found === undefined) return 1;
  const ended = found.outcome !== undefined;
  return found.generation + ((ended && recollect) || isExpired(found, now) ? 1 : 0);
}

/** Makes the claim that the execution itself is about to make: whoever asks now for the task finds it. */
async function claimFor(
  execution: RunningExecution,
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
