import type { ExecutionInput } from '../contracts/task-input.ts';

/**
 * The name of an execution that we start: two who start the same get one execution. At most 72 of the 80 characters
 * that Step Functions allows; the part after the last hyphen is the generation, so no two tasks share a name.
 */
export function executionName({ taskId, generation }: Pick<ExecutionInput, 'taskId' | 'generation'>): string {
  return `${taskId}-${generation}`;
}
