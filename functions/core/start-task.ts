import type { ExecutionInput } from '../contract.ts';
import { executionName } from './execution-name.ts';
import type { OperationName } from './operations.ts';
import { TaskConflict } from './task-conflict.ts';

/** Starts executions of the state machine. */
export interface ExecutionStarter {
  /**
   * Starts an execution, unless there was one of that name in the last 90 days; says whether it did. While that
   * one runs, the same input again counts as having started it.
   */
  start(name: string, input: ExecutionInput): Promise<boolean>;
  /** The operation that an execution, running or ended, was started for. */
  operationOf(name: string): Promise<OperationName>;
}

/**
 * Starts the collection of a task, once for each generation however often it is asked for.
 *
 * Step Functions keeps an execution's name for 90 days after its end. That a task whose record has expired cannot be
 * started again under it does no harm: by then Aspose has deleted the result.
 *
 * @returns whether the collection had been started before
 * @throws TaskConflict when it was started for another operation
 */
export async function startTask(
  input: ExecutionInput,
  executions: ExecutionStarter,
): Promise<'Started' | 'AlreadyStarted'> {
  const name = executionName(input);
  if (await executions.start(name, input)) return 'Started';
  const operation = await executions.operationOf(name);
  if (operation !== input.operation) throw new TaskConflict(input.taskId, input.operation, operation);
  return 'AlreadyStarted';
}
