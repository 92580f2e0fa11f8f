import type { ExecutionInput } from '../contracts/task-input.ts';

/**
 * Names an execution after its task and generation, so that starting the same task and generation
 * twice gives one execution. The part after the last hyphen is the generation, so no two tasks
 * share a name. Step Functions allows 80 characters; this has at most 72.
 */
export function executionName({ taskId, generation }: Pick<ExecutionInput, 'taskId' | 'generation'>): string {
  return `${taskId}-${generation}`;
}
