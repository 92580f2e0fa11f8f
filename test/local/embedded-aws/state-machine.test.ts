import { describe, expect, it } from 'vitest';
import { TaskStateError } from '../../../local/embedded-aws/run-execution.ts';
import {
  createFixtureMachine,
  MACHINE_ARN,
  oneState,
  responding,
  START,
  taskArn,
} from '../../support/fixture-machine.ts';

const retried = (retry: object, more: object = {}) =>
  oneState({
    Type: 'Task',
    Resource: taskArn('work'),
    Retry: [{ ErrorEquals: ['States.ALL'], ...retry }],
    ...more,
  });
const fault = (name = 'Fault') => new TaskStateError(name, 'why');

describe('time', () => {
  it.each([
    [{ Seconds: 0 }, 0],
    [{ Seconds: 86_400 }, 86_400],
    [{ SecondsPath: '$.wait' }, 7],
    [{ Timestamp: '2026-01-02T00:00:00Z' }, 86_400],
    [{ TimestampPath: '$.until' }, 3_600],
    [{ Timestamp: '2025-01-01T00:00:00Z' }, 0],
    // A system timer ends at 24.8 days.
    [{ Seconds: 30 * 86_400 }, 30 * 86_400],
  ])('passes on the clock in a Wait of %j', async (wait, seconds) => {
    const { run, secondsPassed } = createFixtureMachine(oneState({ Type: 'Wait', ...wait }));

    const execution = await run({ wait: 7, until: '2026-01-01T01:00:00Z' });

    expect(execution.status).toBe('SUCCEEDED');
    expect(secondsPassed()).toBe(seconds);
  });

  it('passes in Retry intervals that grow up to MaxDelaySeconds', async () => {
    const work = responding(fault(), fault(), fault(), fault(), 'done');
    const definition = retried({ IntervalSeconds: 60, BackoffRate: 2, MaxAttempts: 5, MaxDelaySeconds: 200 });
    const { run, secondsPassed } = createFixtureMachine(definition, { work });

    const execution = await run();

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    expect(secondsPassed()).toBe(60 + 120 + 200 + 200);
  });

  it('fails a task and its execution with States.Timeout after TimeoutSeconds', async () => {
    const work = () => new Promise<never>(() => {});
    const definition = oneState({ Type: 'Task', Resource: taskArn('work'), TimeoutSeconds: 90 });
    const { run, secondsPassed } = createFixtureMachine(definition, { work });

    const execution = await run();

    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(execution.cause).toBeUndefined();
    expect(secondsPassed()).toBe(90);
  });

  it('does not end a task without TimeoutSeconds after the 60 s of the engine', async () => {
    const machine = createFixtureMachine(oneState({ Type: 'Task', Resource: taskArn('work') }), {
      work: async () => {
        await machine.clock.sleep(3_600_000);
        return 'done';
      },
    });

    const execution = await machine.run();

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    expect(machine.secondsPassed()).toBe(3600);
  });

  it('ends an execution as TIMED_OUT after the TimeoutSeconds of its machine, even beyond 24.8 days', async () => {
    const definition = { ...oneState({ Type: 'Wait', Seconds: 90 * 86_400 }), TimeoutSeconds: 60 * 86_400 };
    const { run, secondsPassed } = createFixtureMachine(definition);

    const execution = await run();

    expect(execution).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(secondsPassed()).toBe(60 * 86_400);
  });

  it('does not retry a task after its execution timed out', async () => {
    const work = responding(fault(), 'too late');
    const { run } = createFixtureMachine(
      { ...retried({ IntervalSeconds: 60 }), TimeoutSeconds: 30 },
      { work },
    );

    const execution = await run();

    expect(execution.status).toBe('TIMED_OUT');
    expect(work.inputs).toHaveLength(1);
  });
});

describe('an execution of an earlier process', () => {
  const kept = {
    executionArn: `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:kept`,
    stateMachineArn: MACHINE_ARN,
    name: 'kept',
    status: 'RUNNING' as const,
    startDate: new Date(Date.parse(START) - 3000_000),
    input: { a: 1 },
  };

  it('times out relative to its first start', async () => {
    const definition = { ...oneState({ Type: 'Wait', Seconds: 7200 }), TimeoutSeconds: 3600 };
    const { machine, secondsPassed } = createFixtureMachine(definition);

    machine.restore(kept);
    const execution = await machine.executions.get(kept.executionArn)?.ended;

    expect(execution).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(secondsPassed()).toBe(600);
  });

  it('times out immediately, without calling a task, when its time is over', async () => {
    const work = responding('too late');
    const definition = { ...oneState({ Type: 'Task', Resource: taskArn('work') }), TimeoutSeconds: 1800 };
    const { machine, statusChanges } = createFixtureMachine(definition, { work });

    machine.restore(kept);
    const execution = await machine.executions.get(kept.executionArn)?.ended;

    expect(execution).toMatchObject({ status: 'TIMED_OUT', stopDate: new Date(START) });
    expect(work.inputs).toEqual([]);
    expect(statusChanges.map(({ status }) => status)).toEqual(['TIMED_OUT']);
  });

  it('is returned for a start with its name and input', () => {
    const { machine } = createFixtureMachine(oneState({ Type: 'Wait', Seconds: 7200 }));

    machine.restore(kept);
    const started = machine.startExecution({ name: 'kept', input: { a: 1 } });

    expect(started.describe()).toMatchObject({ status: 'RUNNING', startDate: kept.startDate });
  });
});

describe('stopping', () => {
  const waiting = oneState({ Type: 'Wait', Seconds: 3600 });

  it('ends an execution as ABORTED with an error and cause', async () => {
    const { machine } = createFixtureMachine(waiting);
    const execution = machine.startExecution({});

    execution.stop('Cancelled', 'by hand');

    expect(await execution.ended).toMatchObject({ status: 'ABORTED', error: 'Cancelled', cause: 'by hand' });
  });

  it('prevents retries of the running task', async () => {
    const work = responding(fault(), 'too late');
    const { machine, clock } = createFixtureMachine(retried({ IntervalSeconds: 60 }), { work });
    const execution = machine.startExecution({});

    clock.after(10_000, () => execution.stop(undefined, undefined));

    expect(await execution.ended).toMatchObject({ status: 'ABORTED', stopDate: new Date(clock.now()) });
    expect(work.inputs).toHaveLength(1);
    expect(clock.now()).toBe(Date.parse(START) + 10_000);
  });

  it('does not change an ended execution', async () => {
    const { machine } = createFixtureMachine(oneState({ Type: 'Pass' }));
    const execution = machine.startExecution({});
    await execution.ended;

    execution.stop('Cancelled', 'too late');

    expect(execution.describe().status).toBe('SUCCEEDED');
  });
});

describe('errors', () => {
  it('reach Catch with their name and cause', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: taskArn('work'),
          Catch: [{ ErrorEquals: ['Fault'], ResultPath: '$.fault', Next: 'Mend' }],
          End: true,
        },
        Mend: { Type: 'Pass', End: true },
      },
    };
    const { run } = createFixtureMachine(definition, { work: responding(fault()) });

    const execution = await run({ id: 1 });

    expect(execution.output).toEqual({ id: 1, fault: { Error: 'Fault', Cause: 'why' } });
  });

  it('reach Catch by a custom name after retries with jitter, and a loop keeps what it fetched', async () => {
    const definition = {
      StartAt: 'Fetch result',
      States: {
        'Fetch result': {
          Type: 'Task',
          Resource: taskArn('fetch'),
          Parameters: { 'task.$': '$.task', 'startedAt.$': '$$.Execution.StartTime' },
          ResultPath: '$.fetch',
          Retry: [
            {
              ErrorEquals: ['Busy'],
              IntervalSeconds: 10,
              BackoffRate: 2,
              MaxAttempts: 3,
              MaxDelaySeconds: 15,
              JitterStrategy: 'FULL',
            },
          ],
          Catch: [{ ErrorEquals: ['Busy'], ResultPath: '$.error', Next: 'Submit' }],
          Next: 'Task status?',
        },
        'Task status?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.fetch.status.name', StringEquals: 'Done', Next: 'Done' }],
          Default: 'Fetch result',
        },
        Submit: { Type: 'Pass', Result: { id: 'second' }, ResultPath: '$.task', Next: 'Fetch result' },
        Done: { Type: 'Succeed' },
      },
    };
    const busy = new TaskStateError('Busy', 'why');
    const status = (name: string) => ({ status: { name } });
    const fetch = responding(busy, busy, busy, busy, status('Pending'), status('Done'));
    const { run, secondsPassed } = createFixtureMachine(definition, { fetch });

    const execution = await run({ task: { id: 'first' } });

    const input = (id: string) => ({ task: { id }, startedAt: START });
    expect(fetch.inputs).toEqual([...Array(4).fill(input('first')), ...Array(2).fill(input('second'))]);
    expect(execution.output).toEqual({
      task: { id: 'second' },
      error: { Error: 'Busy', Cause: 'why' },
      fetch: status('Done'),
    });
    // Without jitter: 10, 15 and 15 s.
    expect(secondsPassed()).toBeLessThan(40);
  });

  it.each([
    [
      { Error: 'Lost', Cause: 'gone' },
      { error: 'Lost', cause: 'gone' },
    ],
    [
      { ErrorPath: '$.name', CausePath: '$.why' },
      { error: 'N', cause: 'W' },
    ],
    [{}, {}],
  ])('come from a Fail state of %j', async (fail, expected) => {
    const { run } = createFixtureMachine({ StartAt: 'F', States: { F: { Type: 'Fail', ...fail } } });

    const { status, error, cause } = await run({ name: 'N', why: 'W' });

    expect({ status, ...(error && { error }), ...(cause && { cause }) }).toEqual({
      status: 'FAILED',
      ...expected,
    });
  });

  it.each([
    ['a result', { Type: 'Task', Resource: taskArn('work') }, responding('x'.repeat(262_145)), {}],
    [
      'the input of a task',
      { Type: 'Task', Resource: taskArn('work'), Parameters: { 'a.$': '$', 'b.$': '$' } },
      responding(1),
      'x'.repeat(200_000),
    ],
    [
      'the output of a state',
      { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' } },
      responding(),
      'x'.repeat(200_000),
    ],
  ])('end the execution without retries for %s over 256 KiB', async (_, state, work, input) => {
    const retry = state.Type === 'Task' ? { Retry: [{ ErrorEquals: ['States.ALL'] }] } : {};
    const { run, secondsPassed } = createFixtureMachine(oneState({ ...state, ...retry }), { work });

    const execution = await run(input);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(secondsPassed()).toBe(0);
  });
});

describe('starting', () => {
  const waiting = oneState({ Type: 'Wait', Seconds: 3600 });

  it('returns the running execution for the same name and input', async () => {
    const { machine, statusChanges } = createFixtureMachine(waiting);

    const first = machine.startExecution({ name: 'n', input: { a: 1 } });
    const second = machine.startExecution({ name: 'n', input: { a: 1 } });

    expect(second).toBe(first);
    expect(statusChanges).toHaveLength(1);
  });

  it('throws ExecutionAlreadyExists for the same name with another input, or after the end', async () => {
    const { machine } = createFixtureMachine(waiting);
    const { ended } = machine.startExecution({ name: 'n', input: { a: 1 } });

    expect(() => machine.startExecution({ name: 'n', input: { a: 2 } })).toThrow(
      /Execution Already Exists: '.*:n'/,
    );
    await ended;
    expect(() => machine.startExecution({ name: 'n', input: { a: 1 } })).toThrow(
      expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
    );
  });

  it.each(['', 'a b', 'a/b', 'x'.repeat(81), 'a\nb', '#'])('throws InvalidName for the name %j', (name) => {
    const { machine } = createFixtureMachine(waiting);

    expect(() => machine.startExecution({ name })).toThrow(expect.objectContaining({ name: 'InvalidName' }));
  });

  it('rejects an input over 256 KiB', () => {
    const { machine } = createFixtureMachine(waiting);

    expect(() => machine.startExecution({ input: 'é'.repeat(131_072) })).toThrow('allowed: at most 262144');
  });
});

it('gives each state its own context object', async () => {
  const readContext = (Next: string) => ({
    Type: 'Pass',
    Parameters: { 'name.$': '$$.State.Name', 'entered.$': '$$.State.EnteredTime' },
    ResultPath: `$.${Next}`,
    Next,
  });
  const { run } = createFixtureMachine({
    StartAt: 'First',
    States: {
      First: readContext('Wait'),
      Wait: { Type: 'Wait', Seconds: 60, Next: 'Second' },
      Second: readContext('Rest'),
      Rest: {
        Type: 'Pass',
        Parameters: {
          'id.$': '$$.Execution.Id',
          'name.$': '$$.Execution.Name',
          'input.$': '$$.Execution.Input.a',
          'started.$': '$$.Execution.StartTime',
          'machine.$': '$$.StateMachine.Id',
          'first.$': '$.Wait',
          'second.$': '$.Rest',
        },
        End: true,
      },
    },
  });

  const { output, executionArn, name } = await run({ a: 1 });

  expect(output).toEqual({
    id: executionArn,
    name,
    input: 1,
    started: START,
    machine: MACHINE_ARN,
    first: { name: 'First', entered: START },
    second: { name: 'Second', entered: '2026-01-01T00:01:00.000Z' },
  });
  expect(executionArn).toBe(`arn:aws:states:us-east-1:000000000000:execution:Machine:${name}`);
});

it('records input and output of each state in the history', async () => {
  const work = responding(fault(), { ok: true });
  const { run } = createFixtureMachine(retried({ IntervalSeconds: 5 }), { work });

  const { history } = await run({ a: 1 });

  const timestamp = new Date(START);
  const later = new Date('2026-01-01T00:00:05.000Z');
  const entered = { state: 'Only', input: { a: 1 } };
  expect(history).toEqual([
    { type: 'StateEntered', timestamp, ...entered },
    { type: 'StateFailed', timestamp, ...entered, error: 'Fault', cause: 'why' },
    { type: 'StateRetried', timestamp: later, ...entered },
    { type: 'StateExited', timestamp: later, ...entered, output: { ok: true } },
  ]);
});

it('reports status changes when the execution starts and when it has ended', async () => {
  const { run, statusChanges } = createFixtureMachine(oneState({ Type: 'Wait', Seconds: 9 }));

  await run();

  expect(statusChanges.map(({ status, stopDate }) => [status, stopDate?.toISOString()])).toEqual([
    ['RUNNING', undefined],
    ['SUCCEEDED', '2026-01-01T00:00:09.000Z'],
  ]);
});
