import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AwsError } from './aws-error.ts';
import { distributedMapTask, type ReadObject } from './distributed-map.ts';
import type { Execution } from './execution.ts';
import type { PersistedExecution } from './execution-store.ts';
import type { DistributedMap } from './map-definition.ts';
import {
  isTooLarge,
  type Json,
  MAX_DATA_BYTES,
  type RunExecutionOptions,
  type RunningExecution,
  runExecution,
  type TaskStateHandler,
} from './run-execution.ts';
import { type Definition, readDefinition } from './state-machine-definition.ts';
import type { StateMachineEngine } from './state-machine-engine.ts';
import { UnsupportedError } from './unsupported-error.ts';

export interface StateMachineOptions {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  /** The definition in the Amazon States Language, with references resolved. */
  readonly definition: unknown;
  readonly engine: StateMachineEngine;
  readonly clock: Clock;
  /** Returns the handler of a `Resource`; undefined when it is unsupported. */
  readonly taskFor: (resource: string) => TaskStateHandler | undefined;
  /** Reads the objects that contain the items of Distributed Maps. */
  readonly readObject: ReadObject;
  /** Receives the end of every execution that starts, including child executions. */
  readonly onStart: (ended: Promise<Execution>) => void;
  /** Called when an execution has started and when it has ended. */
  readonly onStatusChange: (execution: Execution) => void;
}

/** The parameters of StartExecution. */
export interface StartExecutionRequest {
  /** A JSON value. @default {} */
  readonly input?: unknown;
  readonly name?: string | undefined;
}

/** A state machine of the stack. */
export interface StateMachine {
  readonly arn: string;
  /** @throws AwsError as StartExecution does */
  startExecution(request: StartExecutionRequest): RunningExecution;
  /**
   * Restores an execution of an earlier process. One that was running restarts from its first
   * state, with its ARN, input and start date.
   */
  restore(execution: PersistedExecution): void;
  /** All executions, by ARN. Child executions of a Distributed Map are included until they end. */
  readonly executions: ReadonlyMap<string, RunningExecution>;
}

/** Source: the parameter `name` of StartExecution in the API reference. */
const EXECUTION_NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/**
 * Creates a state machine that runs its executions locally.
 *
 * @throws UnsupportedError for a definition that would run differently on AWS
 */
export function createStateMachine(options: StateMachineOptions): StateMachine {
  const definition = readDefinition(options.definition);
  validate(options);
  const executions = new Map<string, RunningExecution>();
  const tasks = tasksOf(definition, options.taskFor);
  for (const [stateName, map] of definition.distributedMaps) tasks.set(stateName, mapTaskOf(stateName, map));

  function run(started: Pick<RunExecutionOptions, 'executionArn' | 'name' | 'input' | 'firstStartDate'>) {
    const execution = runExecution({ ...options, ...started, stateMachine: options, definition, tasks });
    executions.set(started.executionArn, execution);
    options.onStart(execution.ended);
    return execution;
  }

  function mapTaskOf(stateName: string, map: DistributedMap): TaskStateHandler {
    const { readObject, clock } = options;
    // The qualified ARN under which AWS runs the child executions.
    const stateMachine = {
      ...options,
      arn: `${options.arn}/${map.label}`,
      name: `${options.name}/${map.label}`,
    };
    const childTasks = tasksOf(map.child, options.taskFor);

    function startChild(name: string, input: Json): RunningExecution {
      const executionArn = executionArnOf(stateMachine.arn, name);
      const execution = runExecution({
        ...options,
        ...{ stateMachine, definition: map.child, tasks: childTasks, executionArn, name, input },
        // AWS documents no status-change events of child executions. A restarted parent starts new
        // ones, so they are not stored either.
        onStatusChange() {},
      });
      executions.set(executionArn, execution);
      // A batch may have 100,000 child executions, whose histories would fill the memory.
      options.onStart(execution.ended.finally(() => executions.delete(executionArn)));
      return execution;
    }

    return distributedMapTask({ stateName, map, readObject, clock, startChild });
  }

  return {
    arn: options.arn,
    executions,
    startExecution({ input: given, name = randomUUID() }) {
      const input = z.json().parse(JSON.parse(JSON.stringify(given) ?? '{}'));
      if (!EXECUTION_NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
      if (isTooLarge(input)) {
        throw new AwsError(
          'ValidationException',
          `input: got more bytes; allowed: at most ${MAX_DATA_BYTES}`,
        );
      }
      const executionArn = executionArnOf(options.arn, name);
      const namesake = executions.get(executionArn);
      if (namesake !== undefined) {
        const running = namesake.describe();
        if (running.status === 'RUNNING' && isDeepStrictEqual(running.input, input)) return namesake;
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
      }
      return run({ executionArn, name, input });
    },
    restore(persisted) {
      const { executionArn, name, status, startDate } = persisted;
      if (status === 'RUNNING') {
        run({ executionArn, name, input: z.json().parse(persisted.input), firstStartDate: startDate });
        return;
      }
      const ended: Execution = { ...persisted, history: [] };
      executions.set(executionArn, { describe: () => ended, ended: Promise.resolve(ended), stop() {} });
    },
  };
}

function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Runs the engine's validation, which finds invalid paths and missing targets. */
function validate({ definition, engine }: StateMachineOptions): void {
  try {
    // The validation writes defaults into its argument.
    new engine.StateMachine(z.custom<StateMachineDefinition>().parse(structuredClone(definition)));
  } catch (error) {
    throw new UnsupportedError(error instanceof Error ? error.message : String(error));
  }
}

function tasksOf(
  definition: Definition,
  taskFor: StateMachineOptions['taskFor'],
): Map<string, TaskStateHandler> {
  const tasks = new Map<string, TaskStateHandler>();
  for (const [stateName, { Type, Resource }] of Object.entries(definition.States)) {
    if (Type !== 'Task' || definition.distributedMaps.has(stateName)) continue;
    const task = taskFor(String(Resource));
    if (task === undefined) {
      const allowed = 'the ARN of a function of the stack, or arn:aws:states:::events:putEvents';
      throw new UnsupportedError(`State "${stateName}", Resource: got ${Resource}; allowed: ${allowed}`);
    }
    tasks.set(stateName, task);
  }
  return tasks;
}
