import { VirtualClock } from '../../local/clock.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import type { Json, TaskStateHandler } from '../../local/embedded-aws/run-execution.ts';
import { createStateMachine, type StateMachine } from '../../local/embedded-aws/state-machine.ts';
import { loadStateMachineEngine } from '../../local/embedded-aws/state-machine-engine.ts';

export const START = '2026-01-01T00:00:00.000Z';
export const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine';

/** The ARN under which a fixture machine finds the task of that name. */
export const taskArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

export interface FixtureMachine {
  readonly machine: StateMachine;
  readonly clock: VirtualClock;
  /** As `onStatusChange` was told. */
  readonly statusChanges: readonly Execution[];
  /** Starts an execution and waits for its end. */
  run(input?: unknown): Promise<Execution>;
  secondsPassed(): number;
}

/** A state machine on a virtual clock, with tasks made of functions. */
export function createFixtureMachine(
  definition: object,
  tasks: Readonly<Record<string, TaskStateHandler>> = {},
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

/** A machine of one state, which is the start and the end. */
export const oneState = (state: object) => ({ StartAt: 'Only', States: { Only: { ...state, End: true } } });

/** A task that gives its answers one after the other; an Error is thrown. */
export function answering(...answers: (Json | Error)[]): TaskStateHandler & { readonly inputs: Json[] } {
  const inputs: Json[] = [];
  const task: TaskStateHandler = async (input) => {
    const answer = answers[inputs.length] ?? null;
    inputs.push(input);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return Object.assign(task, { inputs });
}
