import { describe, expect, test } from 'vitest';
import type { TaskRecord } from '../../../functions/contract.ts';
import { TaskConflict } from '../../../functions/core/fetch-result.ts';
import { executionName, startCollection } from '../../../functions/core/start-collection.ts';
import type { StartRequest } from '../../../functions/task-api-contract.ts';
import { aRecord, aTerminalRecord, EXECUTION, OTHER_EXECUTION, START, TASK_ID } from '../builders.ts';
import { memoryPorts } from '../task-api/memory-ports.ts';

function setUp({ record, seconds = 0 }: { record?: TaskRecord; seconds?: number } = {}) {
  const memory = memoryPorts(record === undefined ? [] : [record]);
  memory.advance(seconds);
  const start = (details: Partial<StartRequest> = {}) =>
    startCollection(
      { taskId: TASK_ID, operation: 'RecognizeImage', recollect: false, ...details },
      memory.ports,
    );
  const names = () => [...memory.executions.keys()];
  return { ...memory, start, names };
}

const DAY = 86_400;

describe('a task without a record', () => {
  test('gets an execution that is named after it, and a record at once', async () => {
    const { start, names, records } = setUp();

    const { record, isNew } = await start({ correlation: 'order 7' });

    expect(isNew).toBe(true);
    expect(names()).toEqual([`${TASK_ID}-1`]);
    expect(record).toMatchObject({ status: 'Collecting', generation: 1, correlation: 'order 7' });
    expect(record.executionArn).toMatch(new RegExp(`:${TASK_ID}-1$`));
    expect(records.get(TASK_ID)).toEqual(record);
  });

  test('gets one execution from many that start it at once, whatever else they say', async () => {
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

  test('whose names have been used up within the last 90 days gets the next generation', async () => {
    const { start, executions } = setUp();
    executions.set(`${TASK_ID}-1`, 'ended').set(`${TASK_ID}-2`, 'ended');

    const { record, isNew } = await start();

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ generation: 3 });
    expect(executions.get(`${TASK_ID}-3`)).toMatchObject({ input: { generation: 3 } });
  });

  test('that another door has claimed meanwhile is left to it', async () => {
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
  test.each([
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

  test.each([
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

    const { record, isNew } = await start({ recollect });

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ status: 'Collecting', generation });
    expect(names()).toEqual([`${TASK_ID}-${generation}`]);
  });

  test('is not collected twice at once, even if asked to', async () => {
    const { start, names } = setUp({ record: aRecord() });

    expect(await start({ recollect: true })).toMatchObject({ isNew: false });
    expect(names()).toEqual([]);
  });

  test.each([false, true])('of another operation is refused, recollect: %s', async (recollect) => {
    const { start, names } = setUp({ record: aTerminalRecord() });

    await expect(start({ operation: 'RecognizePdf', recollect })).rejects.toBeInstanceOf(TaskConflict);
    expect(names()).toEqual([]);
  });

  test('of another operation that has expired is no hindrance', async () => {
    const { start } = setUp({ record: aTerminalRecord(), seconds: DAY });

    expect((await start({ operation: 'RecognizePdf' })).record).toMatchObject({ operation: 'RecognizePdf' });
  });
});

test('no name is longer than the 80 characters that Step Functions takes, and no two tasks share one', () => {
  expect(executionName({ taskId: 'x'.repeat(64), generation: 1_000_000 }).length).toBeLessThanOrEqual(80);
  expect(executionName({ taskId: 'a-1', generation: 1 })).not.toBe(
    executionName({ taskId: 'a', generation: 11 }),
  );
});
