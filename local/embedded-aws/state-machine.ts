import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AwsError } from './aws-error.ts';
import type { Execution } from './execution.ts';
import type { KeptExecution } from './execution-store.ts';
import {
  isTooLarge,
  MOST_DATA_BYTES,
  type RunExecutionOptions,
  type RunningExecution,
  runExecution,
  type Task,
} from './run-execution.ts';
import { type Definition, readDefinition } from './state-machine-definition.ts';
import type { StateMachineEngine } from './state-machine-engine.ts';
import { UnsupportedError } from './unsupported-error.ts';

export interface StateMachineOptions {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  /** The definition in the Amazon States Language, references resolved. */
  readonly definition: unknown;
  readonly engine: StateMachineEngine;
  readonly clock: Clock;
  /** The task for a `Resource`; undefined when it is not served. */
  readonly taskFor: (resource: string) => Task | undefined;
  /** Told of every execution: of the promise of its end. */
  readonly onStart: (ended: Promise<Execution>) => void;
  /** Told when an execution has started and when it has ended. */
  readonly onStatusChange: (execution: Execution) => void;
}

/** What is given to StartExecution. */
export interface StartExecutionRequest {
  /** Any JSON value; `{}` without it. */
  readonly input?: unknown;
  readonly name?: string | undefined;
}

/** A state machine of the stack. */
export interface StateMachine {
  readonly arn: string;
  /** @throws AwsError as StartExecution does */
  startExecution(request: StartExecutionRequest): RunningExecution;
  /**
   * Takes back an execution of an earlier process. One that was running starts again, from its first state, with
   * its ARN, input and start date.
   */
  restore(execution: KeptExecution): void;
  /** All that were ever started, by ARN. */
  readonly executions: ReadonlyMap<string, RunningExecution>;
}

/** Source: the name parameter of StartExecution in the API reference. */
const EXECUTION_NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/**
 * Makes a state machine of the template runnable.
 *
 * @throws UnsupportedError for a definition that would not run as on AWS.
 */
export function createStateMachine(options: StateMachineOptions): StateMachine {
  const definition = readDefinition(options.definition);
  validate(options);
  const tasks = tasksOf(definition, options.taskFor);
  const executions = new Map<string, RunningExecution>();

  function run(started: Pick<RunExecutionOptions, 'executionArn' | 'name' | 'input' | 'firstStartDate'>) {
    const execution = runExecution({ ...options, ...started, stateMachine: options, definition, tasks });
    executions.set(started.executionArn, execution);
    options.onStart(execution.ended);
    return execution;
  }

  return {
    arn: options.arn,
    executions,
    startExecution({ input: given, name = randomUUID() }) {
      const input = z.json().parse(JSON.parse(JSON.stringify(given) ?? '{}'));
      if (!EXECUTION_NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
      if (isTooLarge(input)) {
        throw new AwsError('ValidationException', `input must have at most ${MOST_DATA_BYTES} bytes.`);
      }
      const executionArn = `${options.arn.replace(':stateMachine:', ':execution:')}:${name}`;
      const namesake = executions.get(executionArn);
      if (namesake !== undefined) {
        const { status, input: itsInput } = namesake.describe();
        if (status === 'RUNNING' && isDeepStrictEqual(itsInput, input)) return namesake;
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
      }
      return run({ executionArn, name, input });
    },
    restore(kept) {
      const { executionArn, name, status, startDate } = kept;
      if (status === 'RUNNING') {
        run({ executionArn, name, input: z.json().parse(kept.input), firstStartDate: startDate });
        return;
      }
      const ended: Execution = { ...kept, history: [] };
      executions.set(executionArn, {
        describe: () => ended,
        ended: Promise.resolve(ended),
        stop() {},
      });
    },
  };
}

/** The engine's own check, which finds misspelt fields, bad paths and dead ends. */
function validate({ definition, engine }: StateMachineOptions): void {
  try {
    // The check writes defaults into what it is given.
    new engine.StateMachine(z.custom<StateMachineDefinition>().parse(structuredClone(definition)));
  } catch (error) {
    throw new UnsupportedError(error instanceof Error ? error.message : String(error));
  }
}

function tasksOf(definition: Definition, taskFor: StateMachineOptions['taskFor']): Map<string, Task> {
  const tasks = new Map<string, Task>();
  for (const [stateName, { Type, Resource }] of Object.entries(definition.States)) {
    if (Type !== 'Task') continue;
    const task = taskFor(String(Resource));
    if (task === undefined) {
      throw new UnsupportedError(
        `The state "${stateName}" cannot be run locally: its Resource is ${Resource}; served are the ARN of a function of the stack and arn:aws:states:::events:putEvents.`,
      );
    }
    tasks.set(stateName, task);
  }
  return tasks;
}
