import { describe, expect, it } from 'vitest';
import {
  type Json,
  TaskStateError,
  type TaskStateHandler,
} from '../../../local/embedded-aws/run-execution.ts';
import { type DistributedMapParts, distributedMap } from '../../support/distributed-map.ts';
import {
  createFixtureMachine,
  MACHINE_ARN,
  responding,
  START,
  taskArn,
} from '../../support/fixture-machine.ts';

const WORK = { Work: { Type: 'Task', Resource: taskArn('work'), End: true } };
const WAIT = { Work: { Type: 'Wait', SecondsPath: '$.seconds', End: true } };
const INPUT = { key: 'items.jsonl' };
const MACHINE_EXECUTIONS = MACHINE_ARN.replace(':stateMachine:', ':execution:');

const linesOf = (items: readonly Json[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** Creates a machine whose Map has these items, or the text of an object. */
function createMapMachine(
  items: readonly Json[] | string,
  parts: DistributedMapParts,
  work: TaskStateHandler = responding(),
) {
  const text = typeof items === 'string' ? items : linesOf(items);
  return createFixtureMachine(distributedMap(parts), { work }, { 'batches/items.jsonl': text });
}

/** Creates a task that takes 10 s, and counts how often it runs concurrently. */
function takingTime(sleep: (milliseconds: number) => Promise<void>) {
  const count = { running: 0, most: 0 };
  const work: TaskStateHandler = async (input) => {
    count.running += 1;
    count.most = Math.max(count.most, count.running);
    await sleep(10_000);
    count.running -= 1;
    return input;
  };
  return { count, work };
}

describe('a Distributed Map', () => {
  it('starts child executions in the order of lines, and returns their outputs in that order', async () => {
    const states = {
      Work: { Type: 'Task', Resource: taskArn('work'), ResultPath: '$.worked', Next: 'Wait' },
      Wait: { Type: 'Wait', SecondsPath: '$.seconds', End: true },
    };
    const work = responding('first', 'second', 'third');
    const items = [{ seconds: 30 }, { seconds: 10 }, { seconds: 20 }];
    const { run, secondsPassed } = createMapMachine(items, { states }, work);

    const execution = await run(INPUT);

    expect(work.inputs).toEqual(items);
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: [
        { seconds: 30, worked: 'first' },
        { seconds: 10, worked: 'second' },
        { seconds: 20, worked: 'third' },
      ],
    });
    expect(secondsPassed()).toBe(30);
  });

  it('fills the ItemSelector with the item, its index, its own input and its own context', async () => {
    const ItemSelector = {
      'chunk.$': '$$.Map.Item.Value',
      'key.$': '$.key',
      'batchId.$': '$$.Execution.Name',
      'executionArn.$': '$$.Execution.Id',
      constant: { list: [1], nested: { 'index.$': '$$.Map.Item.Index', 'sum.$': 'States.MathAdd(1, 2)' } },
    };
    const work = responding();
    const { run } = createMapMachine([{ a: 1 }, 'b'], { states: WORK, map: { ItemSelector } }, work);

    const { name, executionArn } = await run(INPUT);

    const selected = (chunk: Json, index: number) => ({
      ...{ chunk, key: 'items.jsonl', batchId: name, executionArn },
      constant: { list: [1], nested: { index, sum: 3 } },
    });
    expect(work.inputs).toEqual([selected({ a: 1 }, 0), selected('b', 1)]);
  });

  it('gives each child execution an ARN and a context of its own', async () => {
    const Parameters = {
      'id.$': '$$.Execution.Id',
      'name.$': '$$.Execution.Name',
      'input.$': '$$.Execution.Input',
      'started.$': '$$.Execution.StartTime',
      'machine.$': '$$.StateMachine.Id',
    };
    const states = {
      Work: { Type: 'Wait', Seconds: 60, Next: 'Read' },
      Read: { Type: 'Pass', Parameters, End: true },
    };
    const { run } = createMapMachine(['a', 'b'], { states, map: { MaxConcurrency: 1 } });

    const { name, output } = await run(INPUT);

    const context = (index: number, input: string, started: string) => ({
      id: `${MACHINE_EXECUTIONS}/Chunks:${name}-${index}`,
      name: `${name}-${index}`,
      ...{ input, started },
      machine: `${MACHINE_ARN}/Chunks`,
    });
    expect(output).toEqual([context(0, 'a', START), context(1, 'b', '2026-01-01T00:01:00.000Z')]);
  });

  it('returns an empty array for an empty object', async () => {
    const { run } = createMapMachine('', { states: WORK });

    expect(await run(INPUT)).toMatchObject({ status: 'SUCCEEDED', output: [] });
  });

  it.each([
    [{ MaxConcurrency: 2 }, 2],
    [{ MaxConcurrencyPath: '$.concurrency' }, 3],
    [{ MaxConcurrency: 0 }, 7],
    [{}, 7],
  ])('runs at most as many of seven children concurrently as %j allows: %i', async (map, most) => {
    const machine = createMapMachine([1, 2, 3, 4, 5, 6, 7], { states: WORK, map }, (...called) =>
      work(...called),
    );
    const { work, count } = takingTime((milliseconds) => machine.clock.sleep(milliseconds));

    const { output } = await machine.run({ ...INPUT, concurrency: 3 });

    expect(output).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(count.most).toBe(most);
    expect(machine.secondsPassed()).toBe(Math.ceil(7 / most) * 10);
  });

  it.each([-1, 1.5, '2'])('fails with States.Runtime for a concurrency of %j', async (concurrency) => {
    const map = { MaxConcurrencyPath: '$.concurrency' };
    const { run } = createMapMachine([1], { states: WORK, map });

    expect(await run({ ...INPUT, concurrency })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it('keeps no child execution in memory after it has ended, and reports none of their status changes', async () => {
    const items = Array.from({ length: 2000 }, (_, index) => ({ seconds: index % 60 }));
    const { machine, run, statusChanges } = createMapMachine(items, { states: WAIT });

    const execution = await run(INPUT);

    expect(execution.output).toEqual(items);
    expect([...machine.executions.keys()]).toEqual([execution.executionArn]);
    expect(statusChanges.map(({ executionArn, status }) => [executionArn, status])).toEqual([
      [execution.executionArn, 'RUNNING'],
      [execution.executionArn, 'SUCCEEDED'],
    ]);
  });
});

describe('a failed child execution', () => {
  const failing: TaskStateHandler = async (input) => {
    if (input === 'bad') throw new TaskStateError('Fault', 'why');
    return input;
  };

  it('leaves its record in the output when the failure is tolerated', async () => {
    const map = { ToleratedFailurePercentage: 100 };
    const { run } = createMapMachine(['good', 'bad'], { states: WORK, map }, failing);

    const { status, name, output } = await run(INPUT);

    expect(status).toBe('SUCCEEDED');
    expect(output).toEqual([
      'good',
      {
        ExecutionArn: `${MACHINE_EXECUTIONS}/Chunks:${name}-1`,
        Input: '"bad"',
        InputDetails: { Included: true },
        Name: `${name}-1`,
        StartDate: START,
        StateMachineArn: `${MACHINE_ARN}/Chunks`,
        Status: 'FAILED',
        StopDate: START,
        Error: 'Fault',
        Cause: 'why',
      },
    ]);
  });

  const exceeded = {
    Error: 'States.ExceedToleratedFailureThreshold',
    Cause: 'The specified tolerated failure threshold was exceeded',
  };
  it.each([
    [['good', 'bad', 'bad', 'good'], 50, 'tolerated'],
    [['good', 'bad', 'bad', 'good'], 49, 'not tolerated'],
    [['good', 'bad'], 0, 'not tolerated'],
    [['bad', 'bad'], 100, 'tolerated'],
  ])('in %j with a ToleratedFailurePercentage of %i is %s', async (items, percentage, expected) => {
    const map = { ToleratedFailurePercentage: percentage };
    const { run } = createMapMachine(items, { states: WORK, map }, failing);

    const { status, output } = await run(INPUT);

    expect(status).toBe('SUCCEEDED');
    expect(output).toEqual(
      expected === 'not tolerated'
        ? { ...INPUT, error: exceeded }
        : expect.arrayContaining([expect.anything()]),
    );
  });

  it('above the threshold stops the other children, and no further ones start', async () => {
    const states = {
      Work: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Call' },
      Call: { ...WORK.Work, Parameters: { 'seconds.$': '$.seconds' } },
    };
    const work = responding(new TaskStateError('Fault', 'why'));
    const items = [{ seconds: 10 }, { seconds: 20 }, { seconds: 30 }];
    const { machine, run, secondsPassed } = createMapMachine(
      items,
      { states, map: { MaxConcurrency: 2 } },
      work,
    );

    const { output } = await run(INPUT);

    expect(output).toEqual({ ...INPUT, error: exceeded });
    expect(work.inputs).toEqual([{ seconds: 10 }]);
    expect(secondsPassed()).toBe(10);
    expect(machine.executions.size).toBe(1);
  });
});

describe('an item reader', () => {
  it('fails with States.ItemReaderFailed when the object is missing', async () => {
    const { run } = createMapMachine([], { states: WORK });

    expect((await run({ key: 'other' })).output).toEqual({
      key: 'other',
      error: {
        Error: 'States.ItemReaderFailed',
        Cause: 'Bucket: batches, Key: other: The specified key does not exist.',
      },
    });
  });

  it.each(['{"a":1}\n{"a":', '1\n\n2\n', '1\nx\n'])(
    'fails with States.ItemReaderFailed, before a child starts, for the lines %j',
    async (text) => {
      const work = responding();
      const { run } = createMapMachine(text, { states: WORK }, work);

      const { output } = await run(INPUT);

      expect(output).toMatchObject({
        error: { Error: 'States.ItemReaderFailed', Cause: expect.stringMatching(/^line 2: .*JSON/) },
      });
      expect(work.inputs).toEqual([]);
    },
  );

  it('reads again after a Retry', async () => {
    const map = {
      Retry: [
        { ErrorEquals: ['States.ItemReaderFailed'], IntervalSeconds: 30, MaxAttempts: 2, BackoffRate: 1 },
      ],
    };
    const { run, secondsPassed } = createMapMachine([], { states: WORK, map });

    expect((await run({ key: 'other' })).output).toMatchObject({
      error: { Error: 'States.ItemReaderFailed' },
    });
    expect(secondsPassed()).toBe(60);
  });
});

it.each([
  ['outputs of several children', [1, 2], {}, responding('x'.repeat(200_000), 'x'.repeat(200_000))],
  [
    'the input of a child',
    ['x'.repeat(200_000)],
    { ItemSelector: { 'a.$': '$$.Map.Item.Value', 'b.$': '$$.Map.Item.Value' } },
    responding(),
  ],
])(
  'a Distributed Map cannot catch States.DataLimitExceeded of %s over 256 KiB',
  async (_, items, map, work) => {
    const { run } = createMapMachine(items, { states: WORK, map }, work);

    const execution = await run(INPUT);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  },
);

describe('the end of a parent execution', () => {
  const states = {
    Work: { Type: 'Wait', Seconds: 60, Next: 'Call' },
    Call: WORK.Work,
  };
  const map = { MaxConcurrency: 2 };

  it('by StopExecution stops its children, and no further ones start', async () => {
    const work = responding();
    const { machine, clock, secondsPassed } = createMapMachine([1, 2, 3], { states, map }, work);
    const parent = machine.startExecution({ name: 'parent', input: INPUT });
    const children: unknown[] = [];

    clock.after(10_000, () => {
      const running = [...machine.executions.values()].filter((execution) => execution !== parent);
      children.push(...running.map(({ ended }) => ended));
      parent.stop('Cancelled', 'by hand');
    });

    expect(await parent.ended).toMatchObject({ status: 'ABORTED', error: 'Cancelled' });
    expect(await Promise.all(children)).toMatchObject([
      { status: 'ABORTED', name: 'parent-0' },
      { status: 'ABORTED', name: 'parent-1' },
    ]);
    await clock.sleep(3_600_000);
    expect(work.inputs).toEqual([]);
    expect(secondsPassed()).toBe(3610);
    expect(machine.executions.size).toBe(1);
  });

  it('by a timeout stops its children, and no further ones start', async () => {
    const work = responding();
    const parts = { states, map, machine: { TimeoutSeconds: 90 } };
    const { machine, clock, run } = createMapMachine([1, 2, 3], parts, work);

    expect(await run(INPUT)).toMatchObject({ status: 'TIMED_OUT' });

    await clock.sleep(3_600_000);
    expect(work.inputs).toEqual([1, 2]);
    expect(machine.executions.size).toBe(1);
  });

  it('by a stop before the items are read starts no children', async () => {
    const work = responding();
    const { machine, clock } = createMapMachine([1, 2, 3], { states: WORK }, work);
    const parent = machine.startExecution({ input: INPUT });

    parent.stop(undefined, undefined);

    expect(await parent.ended).toMatchObject({ status: 'ABORTED' });
    await clock.sleep(60_000);
    expect(work.inputs).toEqual([]);
  });
});

describe('a running child execution', () => {
  it('is found by its ARN, and can be stopped alone', async () => {
    const items = [{ seconds: 60 }, { seconds: 90 }];
    const map = { ToleratedFailurePercentage: 100 };
    const { machine, clock, secondsPassed } = createMapMachine(items, { states: WAIT, map });
    const parent = machine.startExecution({ name: 'parent', input: INPUT });

    clock.after(10_000, () => {
      const child = machine.executions.get(`${MACHINE_EXECUTIONS}/Chunks:parent-1`);
      expect(child?.describe()).toMatchObject({ status: 'RUNNING', input: { seconds: 90 } });
      child?.stop('Cancelled', 'by hand');
    });

    expect((await parent.ended).output).toMatchObject([
      { seconds: 60 },
      { Status: 'ABORTED', Error: 'Cancelled', Cause: 'by hand' },
    ]);
    expect(secondsPassed()).toBe(60);
  });
});

it('starts all child executions again when the parent is restored', async () => {
  const work = responding();
  const { machine, statusChanges } = createMapMachine([1, 2], { states: WORK }, work);
  const executionArn = `${MACHINE_EXECUTIONS}:kept`;

  machine.restore({
    executionArn,
    stateMachineArn: MACHINE_ARN,
    name: 'kept',
    status: 'RUNNING',
    startDate: new Date(Date.parse(START) - 3000_000),
    input: INPUT,
  });
  const execution = await machine.executions.get(executionArn)?.ended;

  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: [null, null] });
  expect(work.inputs).toEqual([1, 2]);
  expect(statusChanges.map(({ name }) => name)).toEqual(['kept']);
});
