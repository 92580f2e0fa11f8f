import { describe, expect, it } from 'vitest';
import type { ExecutionInput } from '../../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { executionName } from '../../../functions/core/execution-name.ts';
import { type CollectionRequest, startCollection } from '../../../functions/core/start-collection.ts';
import { TaskConflict } from '../../../functions/core/task-errors.ts';
import {
  anInput,
  aRecord,
  aTerminalRecord,
  EXECUTION,
  instantAfter,
  OTHER_EXECUTION,
  START,
  TASK_ID,
} from '../../support/builders.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

function setUp({ record, seconds = 0 }: { record?: TaskRecord; seconds?: number } = {}) {
  const memory = memoryPorts(record === undefined ? [] : [record]);
  memory.advance(seconds);
  const request = (details: Partial<ExecutionInput>, options: Omit<CollectionRequest, 'task'> = {}) =>
    startCollection({ task: anInput(details), ...options }, memory.ports);
  async function start(details: Partial<ExecutionInput> = {}, options: Omit<CollectionRequest, 'task'> = {}) {
    const collection = await request(details, options);
    if (collection.kind === 'Forgotten') throw new TypeError('startCollection returned Forgotten');
    return collection;
  }
  const names = () => [...memory.executions.keys()];
  return { ...memory, request, start, names };
}

const DAY = 86_400;
const MAX_GENERATION = 1_000_000;
const ENDED = { kind: 'Ended', startedAt: START } as const;

describe('starting a task without a record', () => {
  it('starts an execution named after the task and writes the record immediately', async () => {
    const { start, names, records } = setUp();

    const { record, isNew } = await start({ correlation: 'order 7' });

    expect(isNew).toBe(true);
    expect(names()).toEqual([`${TASK_ID}-1`]);
    expect(record).toMatchObject({ status: 'Collecting', generation: 1, correlation: 'order 7' });
    expect(record.executionArn).toMatch(new RegExp(`:${TASK_ID}-1$`));
    expect(records.get(TASK_ID)).toEqual(record);
  });

  it('starts one execution for simultaneous requests, even when their correlations differ', async () => {
    const { start, names } = setUp();

    const collections = await Promise.all(
      [undefined, 'one', 'two', undefined].map((correlation) =>
        start(correlation === undefined ? {} : { correlation }),
      ),
    );

    expect(names()).toEqual([`${TASK_ID}-1`]);
    expect(new Set(collections.map(({ record }) => record.executionArn)).size).toBe(1);
    expect(collections.map(({ isNew }) => isNew)).toEqual([true, false, false, true]);
  });

  it('uses the next generation whose execution name is free', async () => {
    const { start, executions } = setUp();
    executions.set(`${TASK_ID}-1`, ENDED).set(`${TASK_ID}-2`, ENDED);

    const { record, isNew } = await start();

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ generation: 3 });
    expect(executions.get(`${TASK_ID}-3`)).toMatchObject({ input: { generation: 3 } });
  });

  it('is refused while the task is being started for another operation', async () => {
    const { start, ports, records } = setUp();
    // The other execution runs, but has not claimed the task yet.
    await ports.executions.start(`${TASK_ID}-1`, anInput({ operation: 'RecognizePdf' }));

    await expect(start()).rejects.toThrow(/for RecognizePdf; it cannot be collected for RecognizeImage/);
    expect(records.get(TASK_ID)).toMatchObject({ operation: 'RecognizePdf' });
  });

  it('returns the record of another execution that claims the task first', async () => {
    const { start, ports, records } = setUp();
    const startExecution = ports.executions.start;
    ports.executions.start = async (name, input) => {
      records.set(TASK_ID, aRecord({ executionArn: OTHER_EXECUTION }));
      return await startExecution(name, input);
    };

    expect((await start()).record.executionArn).toBe(OTHER_EXECUTION);
  });
});

describe('starting a task with a record', () => {
  it.each([
    ['is being collected', { record: aRecord() }, false],
    ['is being collected and recollection is requested', { record: aRecord() }, true],
    [
      'is being collected past its expiry',
      { record: aRecord({ expiresAt: START / 1000 }), seconds: 1 },
      false,
    ],
    ['has ended', { record: aTerminalRecord() }, false],
  ])('starts nothing when the task %s', async (_, given, recollect) => {
    const { start, names } = setUp(given);

    const { record, isNew } = await start({}, { recollect });

    expect({ isNew, executionArn: record.executionArn }).toEqual({ isNew: false, executionArn: EXECUTION });
    expect(names()).toEqual([]);
  });

  it.each([
    ['is being collected', aRecord({ correlation: 'order 7' })],
    ['has ended', aTerminalRecord({ correlation: 'order 7' })],
  ])('keeps the correlation of the first request when the task %s', async (_, record) => {
    const { start, records } = setUp({ record });

    expect((await start({ correlation: 'order 8' })).record).toMatchObject({ correlation: 'order 7' });
    expect(records.get(TASK_ID)).toEqual(record);
  });

  it.each([
    ['the task has ended and recollection is requested', { record: aTerminalRecord() }, true, 2],
    ['the task has expired', { record: aTerminalRecord({ generation: 4 }), seconds: DAY }, false, 5],
    ['the lease of its owner has expired', { record: aRecord({ generation: 2 }), seconds: 900 }, false, 2],
  ])('collects once more when %s', async (_, given, recollect, generation) => {
    const { start, names } = setUp(given);

    const { record, isNew } = await start({}, { recollect });

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ status: 'Collecting', generation });
    expect(names()).toEqual([`${TASK_ID}-${generation}`]);
  });

  it.each([
    ['the correlation of the record', {}, 'order 7'],
    ['a new correlation from the request', { correlation: 'order 8' }, 'order 8'],
  ])('recollects with the recorded submission time and %s', async (_, request, correlation) => {
    const submittedAt = instantAfter(-60);
    const { start, executions } = setUp({ record: aTerminalRecord({ submittedAt, correlation: 'order 7' }) });

    const { record } = await start(request, { recollect: true });

    expect(record).toMatchObject({ submittedAt, correlation });
    expect([...executions.values()]).toMatchObject([{ input: { submittedAt, correlation } }]);
  });

  it.each([false, true])('is refused for another operation when recollect is %s', async (recollect) => {
    const { start, names } = setUp({ record: aTerminalRecord() });

    await expect(start({ operation: 'RecognizePdf' }, { recollect })).rejects.toBeInstanceOf(TaskConflict);
    expect(names()).toEqual([]);
  });
});

describe('a start whose execution would refuse its input', () => {
  it.each([
    ['a generation above the maximum', aTerminalRecord({ generation: MAX_GENERATION }), 0, /^generation: /],
    [
      'the recorded submission time of a task that Aspose has deleted',
      aTerminalRecord({ submittedAt: instantAfter(-1) }),
      DAY,
      /^submittedAt: got an instant more than 24 hours ago; /,
    ],
  ])('is refused before anything is started or claimed: %s', async (_, record, seconds, message) => {
    const { start, names, records } = setUp({ record, seconds });

    await expect(start({}, { recollect: true })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(message),
    });
    expect(names()).toEqual([]);
    expect(records.get(TASK_ID)).toEqual(record);
  });
});

it('claims nothing when Step Functions refuses the start', async () => {
  const { start, ports, records } = setUp();
  ports.executions.start = () => Promise.reject(new Error('ExecutionLimitExceeded'));

  await expect(start()).rejects.toThrow('ExecutionLimitExceeded');
  expect(records.size).toBe(0);
});

describe('starting a task whose earlier execution names are in use', () => {
  function withUsedNames(count: number, startedAt = START) {
    const given = setUp({ seconds: DAY });
    const calls: string[] = [];
    const { start, find } = given.ports.executions;
    given.ports.executions.start = async (name, input) => {
      calls.push(name);
      return await start(name, input);
    };
    given.ports.executions.find = async (name) => {
      calls.push(name);
      return await find(name);
    };
    for (let generation = 1; generation <= count; generation += 1) {
      given.executions.set(`${TASK_ID}-${generation}`, { kind: 'Ended', startedAt: startedAt + generation });
    }
    return { ...given, calls };
  }

  it.each([1, 2, 3, 4, 5, 7, 8, 9, 3000])('takes few calls to start the next: %i names', async (used) => {
    const { start, calls } = withUsedNames(used);

    const { record, isNew } = await start();

    expect({ isNew, generation: record.generation }).toEqual({ isNew: true, generation: used + 1 });
    expect(calls.length).toBeLessThanOrEqual(3 + 2 * Math.log2(used));
  });

  it('joins the execution that runs under the name of a later generation', async () => {
    const { start, ports, names } = withUsedNames(20);
    await ports.executions.start(`${TASK_ID}-21`, anInput({ generation: 21, correlation: 'other' }));

    expect(await start()).toMatchObject({ isNew: false, record: { generation: 21, correlation: 'other' } });
    expect(names()).toHaveLength(21);
  });

  it.each([6, 7, 20])('starts nothing for an event that generation %i has collected', async (last) => {
    const { request, names } = withUsedNames(last);

    expect(await request({}, { requestedAt: START + last })).toEqual({ kind: 'Forgotten' });
    expect(names()).toHaveLength(last);
  });
});

describe('starting generation 3', () => {
  it.each([
    ['starts an execution when the task has no record', undefined, [`${TASK_ID}-3`]],
    ['starts an execution when generation 2 has ended', aTerminalRecord({ generation: 2 }), [`${TASK_ID}-3`]],
    ['starts nothing when generation 3 has ended', aTerminalRecord({ generation: 3 }), []],
    ['starts nothing when generation 4 has ended', aTerminalRecord({ generation: 4 }), []],
    ['starts nothing while generation 1 is being collected', aRecord(), []],
  ])('%s', async (_, record, started) => {
    const { start, names } = setUp(record === undefined ? {} : { record });

    await start({ generation: 3 });

    expect(names()).toEqual(started);
  });

  it('starts nothing when another execution collects the generation at the same time', async () => {
    const { start, ports, records, names } = setUp({ record: aTerminalRecord() });
    ports.executions.start = async () => {
      records.set(TASK_ID, aTerminalRecord({ generation: 3 }));
      return ENDED;
    };

    expect(await start({ generation: 3 })).toMatchObject({ isNew: false, record: { generation: 3 } });
    expect(names()).toEqual([]);
  });
});

describe('an event', () => {
  const publishedBeforeStart = { requestedAt: START - 1000 };

  it('starts nothing when it is redelivered after the record has expired', async () => {
    const { start, names } = setUp({ record: aTerminalRecord(), seconds: DAY });

    expect(await start({}, publishedBeforeStart)).toMatchObject({
      isNew: false,
      record: { executionArn: EXECUTION },
    });
    expect(names()).toEqual([]);
  });

  it('starts nothing when it is redelivered after the record was deleted', async () => {
    const { request, executions, names } = setUp({ seconds: DAY });
    executions.set(`${TASK_ID}-1`, ENDED);

    expect(await request({}, publishedBeforeStart)).toEqual({ kind: 'Forgotten' });
    expect(names()).toEqual([`${TASK_ID}-1`]);
  });

  it('starts nothing when it is redelivered after its task has become too old', async () => {
    const { request, executions, names } = setUp({ seconds: DAY + 60 });
    executions.set(`${TASK_ID}-1`, ENDED);

    expect(await request({ submittedAt: instantAfter(0) }, publishedBeforeStart)).toEqual({
      kind: 'Forgotten',
    });
    expect(names()).toEqual([`${TASK_ID}-1`]);
  });

  it('is refused when it arrives for the first time after its task has become too old', async () => {
    const { request } = setUp({ seconds: DAY + 60 });

    await expect(request({ submittedAt: instantAfter(0) }, publishedBeforeStart)).rejects.toThrow(
      'submittedAt',
    );
  });

  it('starts a new collection when it was published after the record of its task had expired', async () => {
    const { start, records } = setUp({ record: aTerminalRecord(), seconds: DAY + 60 });
    const requestedAt = Date.parse(instantAfter(DAY));

    expect(await start({}, { requestedAt })).toMatchObject({ isNew: true });
    expect(records.get(TASK_ID)).toMatchObject({ generation: 2, status: 'Collecting' });
  });

  it('starts a new collection when it was published after the execution whose name is taken', async () => {
    const { start, executions, names } = setUp({ seconds: DAY });
    executions.set(`${TASK_ID}-1`, ENDED);

    expect(await start({}, { requestedAt: START + 1 })).toMatchObject({ isNew: true });
    expect(names()).toEqual([`${TASK_ID}-1`, `${TASK_ID}-2`]);
  });
});

it('names executions uniquely within the 80 characters that Step Functions allows', () => {
  expect(executionName({ taskId: 'x'.repeat(64), generation: 1_000_000 }).length).toBeLessThanOrEqual(80);
  expect(executionName({ taskId: 'a-1', generation: 1 })).not.toBe(
    executionName({ taskId: 'a', generation: 11 }),
  );
});
