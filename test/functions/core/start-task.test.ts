import { describe, expect, test } from 'vitest';
import type { ExecutionInput } from '../../../functions/contract.ts';
import { executionName } from '../../../functions/core/execution-name.ts';
import { type ExecutionStarter, startTask } from '../../../functions/core/start-task.ts';
import { TaskConflict } from '../../../functions/core/task-conflict.ts';
import { anInput, TASK_ID } from '../builders.ts';

/** Executions as Step Functions keeps them: a name is good for one. */
function memoryExecutions(): ExecutionStarter & { readonly inputs: ReadonlyMap<string, ExecutionInput> } {
  const inputs = new Map<string, ExecutionInput>();
  return {
    inputs,
    async start(name, input) {
      if (inputs.has(name)) return false;
      inputs.set(name, input);
      return true;
    },
    operationOf: async (name) => inputs.get(name)?.operation ?? 'RecognizeImage',
  };
}

describe('startTask', () => {
  test('starts an execution named after task and generation, with the whole input', async () => {
    const executions = memoryExecutions();
    const input = anInput({ generation: 3, correlation: 'order 7' });

    expect(await startTask(input, executions)).toBe('Started');
    expect([...executions.inputs]).toEqual([[`${TASK_ID}-3`, input]]);
  });

  test('starts nothing for a task that was started before, whatever else is said of it', async () => {
    const executions = memoryExecutions();
    await startTask(anInput(), executions);

    expect(await startTask(anInput({ correlation: 'another' }), executions)).toBe('AlreadyStarted');
    expect([...executions.inputs.values()]).toEqual([anInput()]);
  });

  test('starts the next generation of a task', async () => {
    const executions = memoryExecutions();
    await startTask(anInput(), executions);

    expect(await startTask(anInput({ generation: 2 }), executions)).toBe('Started');
  });

  test('refuses a task that was started for another operation', async () => {
    const executions = memoryExecutions();
    await startTask(anInput({ operation: 'RecognizeLabel' }), executions);

    const starting = startTask(anInput(), executions);

    await expect(starting).rejects.toBeInstanceOf(TaskConflict);
    await expect(starting).rejects.toThrow(/for RecognizeLabel; it cannot be collected for RecognizeImage/);
  });
});

test('the longest execution name is one that Step Functions takes', () => {
  expect(executionName({ taskId: 'x'.repeat(64), generation: 1_000_000 }).length).toBeLessThanOrEqual(80);
});
