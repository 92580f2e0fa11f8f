import type { RunOptions, StateMachineDefinition } from 'aws-local-stepfunctions';
import { z } from 'zod';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import type { Clock } from '../clock.ts';
import type { Execution, HistoryEvent } from './execution.ts';
import type { Definition } from './state-machine-definition.ts';
import type { StateMachineEngine } from './state-machine-engine.ts';

/** A JSON value. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/** Quota on the input of an execution, and on the input and output of a state. */
export const MAX_DATA_BYTES = 256 * 1024;

export const isTooLarge = (value: Json) => Buffer.byteLength(JSON.stringify(value)) > MAX_DATA_BYTES;

/**
 * Runs one Task state with its effective input. Throws TaskStateError. The signal is aborted when
 * the execution ends.
 */
export type TaskStateHandler = (input: Json, execution: Execution, ending: AbortSignal) => Promise<Json>;

/** The failure of a Task state, with the error name and cause that Step Functions reports. */
export class TaskStateError extends Error {
  /** The engine reads these two: whether Retry and Catch may match the error. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(error: string, cause: string, options: { readonly terminal?: boolean } = {}) {
    super(cause);
    this.name = error;
    this.isRetryable = options.terminal !== true;
    this.isCatchable = this.isRetryable;
  }
}

/** An execution since its start. */
export interface RunningExecution {
  /** Returns its current state. */
  describe(): Execution;
  /** Resolves when the execution has ended, with any status. */
  readonly ended: Promise<Execution>;
  /** Stops the execution as StopExecution does, unless it has ended. */
  stop(error: string | undefined, cause: string | undefined): void;
}

export interface RunExecutionOptions {
  readonly engine: StateMachineEngine;
  readonly clock: Clock;
  readonly stateMachine: { readonly arn: string; readonly name: string; readonly roleArn: string };
  readonly definition: Definition;
  /** The handlers of the Task states, by state name. */
  readonly tasks: ReadonlyMap<string, TaskStateHandler>;
  readonly executionArn: string;
  readonly name: string;
  readonly input: Json;
  /** The original start of a restarted execution. The restart itself reports no status change. */
  readonly firstStartDate?: Date;
  /** Called when the execution has started and when it has ended. */
  readonly onStatusChange: (execution: Execution) => void;
}

type Ending = Pick<Execution, 'status' | 'output' | 'error' | 'cause'>;

export const dataLimitExceeded = (stateName: string) =>
  new TaskStateError(
    'States.DataLimitExceeded',
    `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    { terminal: true },
  );

const TIMED_OUT: Ending = { status: 'TIMED_OUT', error: 'States.Timeout' };

const failed = (error: Error): Ending => ({ status: 'FAILED', error: error.name, cause: error.message });

/** Translates an error of the engine to the status, error and cause that AWS reports. */
function endingOf(error: unknown, engine: StateMachineEngine): Ending {
  if (error instanceof engine.ExecutionTimeoutError) return TIMED_OUT;
  const cause = error instanceof engine.ExecutionError ? error.cause : error;
  if (!(cause instanceof Error)) throw error;
  if (cause.name === 'States.Timeout') return { status: 'FAILED', error: cause.name };
  // The engine's texts for a Fail state without Error or Cause.
  const { name, message } = cause;
  return {
    status: 'FAILED',
    ...(name !== 'FailStateError' && { error: name }),
    ...(message !== 'Execution failed because of a Fail state' && { cause: message }),
  };
}

/** Runs the state machine in the engine, from its first state. */
export function runExecution(options: RunExecutionOptions): RunningExecution {
  const { engine, clock, stateMachine, definition, executionArn, name, input, onStatusChange } = options;
  const now = clock.now();
  const startDate = options.firstStartDate ?? new Date(now);
  const deadline = startDate.getTime() + (definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const history: HistoryEvent[] = [];
  const secondsLeft = (deadline - now) / 1000;
  const ending = new AbortController();
  let forced: Ending | undefined = secondsLeft > 0 ? undefined : TIMED_OUT;
  let ended: (Ending & { readonly stopDate: Date }) | undefined;

  const describe = (): Execution => ({
    executionArn,
    stateMachineArn: stateMachine.arn,
    name,
    status: 'RUNNING',
    startDate,
    input,
    history: [...history],
    ...ended,
  });

  // After an abort or a timeout, the engine still ends a retry interval and retries the task.
  const isOver = () => forced !== undefined || ended !== undefined || clock.now() >= deadline;

  const serve =
    (stateName: string, task: TaskStateHandler) =>
    async (taskInput: Json): Promise<Json> => {
      if (isOver())
        throw new TaskStateError('States.Runtime', 'The execution has ended.', { terminal: true });
      if (isTooLarge(taskInput)) throw dataLimitExceeded(stateName);
      const result = await task(taskInput, describe(), ending.signal);
      if (isTooLarge(result)) throw dataLimitExceeded(stateName);
      return result;
    };

  const state = { Name: '', EnteredTime: '' };
  // The engine reads a state from here when it enters the state.
  const States = new Proxy(definition.States, {
    get(states, stateName) {
      if (typeof stateName !== 'string' || !Object.hasOwn(states, stateName)) return undefined;
      Object.assign(state, { Name: stateName, EnteredTime: new Date(clock.now()).toISOString() });
      return states[stateName];
    },
  });
  const runOptions: RunOptions = {
    context: {
      Execution: { Id: executionArn, Name: name, RoleArn: stateMachine.roleArn },
      StateMachine: { Id: stateMachine.arn, Name: stateMachine.name },
      State: state,
    },
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        [...options.tasks].map(([stateName, task]) => [stateName, serve(stateName, task)]),
      ),
    },
  };
  const runnable = z.custom<StateMachineDefinition>().parse({
    ...definition,
    ...(definition.TimeoutSeconds !== undefined && { TimeoutSeconds: Math.max(0, secondsLeft) }),
    States,
  });
  // A start that cannot be stored throws, before anything runs.
  if (options.firstStartDate === undefined) onStatusChange(describe());
  const machine = new engine.StateMachine(runnable, { validationOptions: { noValidate: true } });
  const run = engine.at(startDate, () => machine.run(input, runOptions));

  function force(forcedEnding: Ending): void {
    if (isOver()) return;
    forced = forcedEnding;
    run.abort();
    ending.abort();
  }

  async function record(): Promise<void> {
    for await (const event of run.eventLogs) {
      if (!('state' in event)) continue;
      const { type, timestamp, state: entered } = event;
      history.push({
        type,
        timestamp: new Date(timestamp),
        state: entered.name,
        input: entered.input,
        ...('output' in entered ? { output: entered.output } : {}),
        ...('Error' in event ? { error: event.Error, cause: String(event.Cause) } : {}),
      });
      if (type === 'StateExited' && isTooLarge(entered.output ?? null))
        force(failed(dataLimitExceeded(entered.name)));
    }
  }

  async function finish(): Promise<Execution> {
    const recorded = record();
    const result = await run.result
      .then(
        (output): Ending => ({ status: 'SUCCEEDED', output }),
        (error: unknown) => endingOf(error, engine),
      )
      .finally(() => ending.abort());
    await recorded;
    ended = { ...(forced ?? result), stopDate: new Date(clock.now()) };
    const execution = describe();
    onStatusChange(execution);
    return execution;
  }

  return {
    describe,
    ended: finish(),
    stop: (error, cause) =>
      force({
        status: 'ABORTED',
        ...withoutUndefined({ error, cause }),
      }),
  };
}
