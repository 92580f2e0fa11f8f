import { describe, expect, it } from 'vitest';
import type { ExecutionInput } from '../../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { executionName } from '../../../functions/core/execution-name.ts';
import { type CollectionRequest, startCollection } from '../../../functions/core/start-collection.ts';
import { TaskConflict } from '../../../functions/core/task-conflict.ts';
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
  const request = (details: Partial<ExecutionInput>, how: Omit<CollectionRequest, 'task'> = {}) =>
    startCollection({ task: anInput(details), ...how }, memory.ports);
  async function start(details: Partial<ExecutionInput> = {}, how: Omit<CollectionRequest, 'task'> = {}) {
    const collection = await request(details, how);
    if (collection.kind === 'Forgotten') throw new TypeError('forgotten');
    return collection;
  }
  const names = () => [...memory.executions.keys()];
  return { ...memory, request, start, names };
}

const DAY = 86_400;
const ENDED = { kind: 'Ended', startedAt: START } as const;

describe('a task without a record', () => {
  it('gets an execution that is named after it, and a record at once', async () => {
    const { start, names, records } = setUp();

    const { record, isNew } = await start({ correlation: 'order 7' });

    expect(isNew).toBe(true);
    expect(names()).toEqual([`${TASK_ID}-1`]);
    expect(record).toMatchObject({ status: 'Collecting', generation: 1, correlation: 'order 7' });
    expect(record.executionArn).toMatch(new RegExp(`:${TASK_ID}-1$`));
    expect(records.get(TASK_ID)).toEqual(record);
  });

  it('gets one execution from many that start it at once, whatever else they say', async () => {
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

  it('whose names have been used up within the last 90 days gets the next generation', async () => {
    const { start, executions } = setUp();
    executions.set(`${TASK_ID}-1`, ENDED).set(`${TASK_ID}-2`, ENDED);

    const { record, isNew } = await start();

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ generation: 3 });
    expect(executions.get(`${TASK_ID}-3`)).toMatchObject({ input: { generation: 3 } });
  });

  it('that is being started for another operation at the same moment is refused', async () => {
    const { start, ports } = setUp();
    const { read } = ports.records;
    // Their execution runs, and neither it nor who has started it has come to claim the task.
    await ports.executions.start(`${TASK_ID}-1`, anInput({ operation: 'RecognizePdf' }));

    await expect(start()).rejects.toThrow(/for RecognizePdf; it cannot be collected for RecognizeImage/);
    expect(await read(TASK_ID)).toMatchObject({ operation: 'RecognizePdf' });
  });

  it('that another door has claimed meanwhile is left to it', async () => {
    const { start, ports, records } = setUp();
    const startExecution = ports.executions.start;
    ports.executions.start = async (name, input) => {
      records.set(TASK_ID, aRecord({ executionArn: OTHER_EXECUTION }));
      return await startExecution(name, input);
    };

    expect((await start()).record.executionArn).toBe(OTHER_EXECUTION);
  });
});

describe('a task with a record', () => {
  it.each([
    ['that is being collected', { record: aRecord() }],
    [
      'that is being collected, past its expiry',
      { record: aRecord({ expiresAt: START / 1000 }), seconds: 1 },
    ],
    ['that has ended', { record: aTerminalRecord() }],
  ])('%s is not collected again', async (_, given) => {
    const { start, names } = setUp(given);

    const { record, isNew } = await start();

    expect({ isNew, executionArn: record.executionArn }).toEqual({ isNew: false, executionArn: EXECUTION });
    expect(names()).toEqual([]);
  });

  it.each([
    ['that has ended, if asked to', { record: aTerminalRecord() }, true, 2],
    ['that has expired', { record: aTerminalRecord({ generation: 4 }), seconds: DAY }, false, 5],
    [
      'whose owner is dead, and it keeps its generation',
      { record: aRecord({ generation: 2 }), seconds: 900 },
      false,
      2,
    ],
  ])('%s is collected once more', async (_, given, recollect, generation) => {
    const { start, names } = setUp(given);

    const { record, isNew } = await start({}, { recollect });

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ status: 'Collecting', generation });
    expect(names()).toEqual([`${TASK_ID}-${generation}`]);
  });

  it.each([
    ['keeps when it was submitted and its reference', {}, { correlation: 'order 7' }],
    ['is known by what is said now', { correlation: 'order 8' }, { correlation: 'order 8' }],
  ])('that is collected once more %s', async (_, said, known) => {
    const submittedAt = instantAfter(-60);
    const { start, executions } = setUp({ record: aTerminalRecord({ submittedAt, correlation: 'order 7' }) });

    const { record } = await start(said, { recollect: true });

    expect(record).toMatchObject({ submittedAt, ...known });
    expect([...executions.values()]).toMatchObject([{ input: { submittedAt, ...known } }]);
  });

  it('is not collected twice at once, even if asked to', async () => {
    const { start, names } = setUp({ record: aRecord() });

    expect(await start({}, { recollect: true })).toMatchObject({ isNew: false });
    expect(names()).toEqual([]);
  });

  it.each([false, true])('of another operation is refused, recollect: %s', async (recollect) => {
    const { start, names } = setUp({ record: aTerminalRecord() });

    await expect(start({ operation: 'RecognizePdf' }, { recollect })).rejects.toBeInstanceOf(TaskConflict);
    expect(names()).toEqual([]);
  });

  it('of another operation that has expired is no hindrance', async () => {
    const { start } = setUp({ record: aTerminalRecord(), seconds: DAY });

    expect((await start({ operation: 'RecognizePdf' })).record).toMatchObject({ operation: 'RecognizePdf' });
  });
});

describe('a generation', () => {
  it.each([
    ['of a task without a record', undefined, [`${TASK_ID}-3`]],
    ['higher than that of the record', aTerminalRecord({ generation: 2 }), [`${TASK_ID}-3`]],
    ['that has been collected', aTerminalRecord({ generation: 3 }), []],
    ['lower than that of the record', aTerminalRecord({ generation: 4 }), []],
    ['higher than one that is being collected', aRecord(), []],
  ])('%s', async (_, record, started) => {
    const { start, names } = setUp(record === undefined ? {} : { record });

    await start({ generation: 3 });

    expect(names()).toEqual(started);
  });

  it('that another has collected at the same moment is not collected once more', async () => {
    const { start, ports, records, names } = setUp({ record: aTerminalRecord() });
    ports.executions.start = async () => {
      records.set(TASK_ID, aTerminalRecord({ generation: 2 }));
      return ENDED;
    };

    expect(await start({ generation: 2 })).toMatchObject({ isNew: false, record: { generation: 2 } });
    expect(names()).toEqual([]);
  });
});

describe('an event that comes again', () => {
  const ASKED = { askedAt: START - 1000 };

  it('after the task has ended, and even its record has expired, starts nothing', async () => {
    const { start, names } = setUp({ record: aTerminalRecord(), seconds: DAY });

    expect(await start({}, ASKED)).toMatchObject({ isNew: false, record: { executionArn: EXECUTION } });
    expect(names()).toEqual([]);
  });

  it('after the record has been deleted starts nothing', async () => {
    const { request, executions, names } = setUp({ seconds: DAY });
    executions.set(`${TASK_ID}-1`, ENDED);

    expect(await request({}, ASKED)).toEqual({ kind: 'Forgotten' });
    expect(names()).toEqual([`${TASK_ID}-1`]);
  });

  it('is another one if it was published after the end: what has expired is collected anew', async () => {
    const { start, records } = setUp({ record: aTerminalRecord(), seconds: DAY });
    const askedAt = Date.parse(instantAfter(6));

    expect(await start({}, { askedAt })).toMatchObject({ isNew: true });
    expect(records.get(TASK_ID)).toMatchObject({ generation: 2, status: 'Collecting' });
  });

  it('is another one if it was published after the execution whose name it would take', async () => {
    const { start, executions, names } = setUp({ seconds: DAY });
    executions.set(`${TASK_ID}-1`, ENDED);

    expect(await start({}, { askedAt: START + 1 })).toMatchObject({ isNew: true });
    expect(names()).toEqual([`${TASK_ID}-1`, `${TASK_ID}-2`]);
  });
});

it('no name is longer than the 80 characters that Step Functions takes, and no two tasks share one', () => {
  expect(executionName({ taskId: 'x'.repeat(64), generation: 1_000_000 }).length).toBeLessThanOrEqual(80);
  expect(executionName({ taskId: 'a-1', generation: 1 })).not.toBe(
    executionName({ taskId: 'a', generation: 11 }),
  );
});
