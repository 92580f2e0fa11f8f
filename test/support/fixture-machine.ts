import { VirtualClock } from '../../local/clock.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import type { Json, TaskStateHandler } from '../../local/embedded-aws/run-execution.ts';
import { createStateMachine, type StateMachine } from '../../local/embedded-aws/state-machine.ts';
import { loadStateMachineEngine } from '../../local/embedded-aws/state-machine-engine.ts';

export const START = '2026-01-01T00:00:00.000Z';
export const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine';

/** Returns the ARN of a task of a fixture machine. */
export const taskArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

export interface FixtureMachine {
  readonly machine: StateMachine;
  readonly clock: VirtualClock;
  /** The arguments of `onStatusChange`. */
  readonly statusChanges: readonly Execution[];
  /** Starts an execution and waits for its end. */
  run(input?: unknown): Promise<Execution>;
  secondsPassed(): number;
}

/**
 * Creates a state machine on a virtual clock, with functions as tasks.
 *
 * @param objects the texts of objects in S3, by bucket and key, such as `bucket/key`
 */
export function createFixtureMachine(
  definition: object,
  tasks: Readonly<Record<string, TaskStateHandler>> = {},
  objects: Readonly<Record<string, string>> = {},
): FixtureMachine {
  const clock = new VirtualClock(START);
  const statusChanges: Execution[] = [];
  const machine = createStateMachine({
    arn: MACHINE_ARN,
    name: 'Machine',
    roleArn: 'arn:aws:iam::000000000000:role/Machine',
    definition,
    engine: loadStateMachineEngine(clock),
    clock,
    taskFor: (resource) => tasks[resource.replace(/^.*:/, '')],
    async readObject(bucket, key) {
      const text = objects[`${bucket}/${key}`];
      if (text === undefined) throw new Error('The specified key does not exist.');
      return text;
    },
    onStart: () => {},
    onStatusChange: (execution) => statusChanges.push(execution),
  });
  return {
    machine,
    clock,
    statusChanges,
    run: (input) => machine.startExecution({ input }).ended,
    secondsPassed: () => (clock.now() - Date.parse(START)) / 1000,
  };
}

/** Returns a definition of one state. */
export const oneState = (state: object) => ({ StartAt: 'Only', States: { Only: { ...state, End: true } } });

/** Creates a task that returns its responses in turn, and throws those that are errors. */
export function responding(...responses: (Json | Error)[]): TaskStateHandler & { readonly inputs: Json[] } {
  const inputs: Json[] = [];
  const task: TaskStateHandler = async (input) => {
    const response = responses[inputs.length] ?? null;
    inputs.push(input);
    if (response instanceof Error) throw response;
    return response;
  };
  return Object.assign(task, { inputs });
}
