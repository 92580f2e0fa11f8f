import { describe, expect, it } from 'vitest';
import { openRecord } from '../../functions/core/task-record.ts';
import { courierForAll, newTaskId } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';

const courier = await courierForAll();

const fetchesOf = (taskId: string) =>
  courier.simulator.requests.filter((request) => request.taskId === taskId).length;

describe('one collection per task', () => {
  it('lets executions that start at the same moment join the first, with the same outcome and one event', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending, pending, pending, completed]);

    const started = await Promise.all(
      [1, 2, 3].map(() => courier.stack.startExecution({ input: { taskId } })),
    );
    const ends = await Promise.all(
      started.map(({ executionArn }) => courier.collected(executionArn, taskId)),
    );

    expect(ends.map(({ execution }) => execution.status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(new Set(ends.map(({ execution }) => JSON.stringify(execution.output))).size).toBe(1);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
    expect(fetchesOf(taskId)).toBe(4);
  });

  it('lets a joined execution fail as its owner does', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending, { taskStatus: 'Error' }]);

    const started = await Promise.all([1, 2].map(() => courier.stack.startExecution({ input: { taskId } })));
    const ends = await Promise.all(
      started.map(({ executionArn }) => courier.collected(executionArn, taskId)),
    );

    expect(ends.map(({ execution }) => execution.error)).toEqual(['OcrTaskFailed', 'OcrTaskFailed']);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('lets a joined execution end with its owner at the very end of the 24 hours', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending]);

    const started = await Promise.all([1, 2].map(() => courier.stack.startExecution({ input: { taskId } })));
    const ends = await Promise.all(
      started.map(({ executionArn }) => courier.collected(executionArn, taskId)),
    );

    expect(ends.map(({ execution }) => execution.error)).toEqual(['OcrTaskTimedOut', 'OcrTaskTimedOut']);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('gives the stored outcome to an execution that comes after the end, without asking Aspose', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);
    const first = await courier.collect({ taskId });

    const second = await courier.collect({ taskId });

    expect(second.execution.output).toEqual(first.execution.output);
    expect(fetchesOf(taskId)).toBe(1);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('collects anew for a higher generation, with an idempotency key of its own', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [{ taskStatus: 'Error' }, completed]);
    await courier.collect({ taskId });

    const again = await courier.collect({ taskId, generation: 2 });

    expect(again.record).toMatchObject({ outcome: 'Completed', generation: 2, attempts: 1 });
    const keys = courier.eventsOf(taskId).map(({ detail }) => Object(detail).idempotencyKey);
    expect(keys).toEqual([`RecognizeImage/${taskId}/1`, `RecognizeImage/${taskId}/2`]);
  });

  it('collects anew when the record has expired, deleted or not', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);
    await courier.collect({ taskId });
    courier.clock.advance(25 * 3600 * 1000);

    const later = await courier.collect({ taskId });

    expect(later.record).toMatchObject({ outcome: 'Completed', attempts: 1 });
    expect(fetchesOf(taskId)).toBe(2);
  });

  it('takes over from an owner whose lease has run out', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending, completed]);
    const dead = {
      executionArn: 'arn:aws:states:::execution:other:dead',
      startedAt: courier.clock.now() - 3600_000,
    };
    const input = { taskId, operation: 'RecognizeImage', generation: 1 } as const;
    const begun = openRecord(input, dead, dead.startedAt);
    await courier.records.write({ ...begun, taskStatus: 'Pending', attempts: 7 });

    const { execution, record } = await courier.collect({ taskId });

    expect(record).toMatchObject({ outcome: 'Completed', attempts: 9, executionArn: execution.executionArn });
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('refuses the id of a task of another operation', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);
    await courier.collect({ taskId });

    const { execution } = await courier.collect({ taskId, operation: 'RecognizeLabel' });

    expect(execution).toMatchObject({ status: 'FAILED', error: 'TaskConflict' });
    expect(execution.cause).toContain('RecognizeImage');
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  });
});

describe('input of an execution', () => {
  it.each([
    [{}, 'taskId: got nothing'],
    [{ taskId: '../../etc' }, 'taskId: got a string of 9 characters'],
    [{ taskId: 'x'.repeat(10_000) }, 'taskId: got a string of 10000 characters'],
    [{ taskId: 'ok', operation: 'RecognizeEverything' }, "operation: got 'RecognizeEverything'"],
    [{ taskId: 'ok', submittedAt: 'yesterday' }, 'submittedAt: got'],
    [{ taskId: 'ok', submittedAt: '2099-01-01T00:00:00Z' }, 'submittedAt: got an instant in the future'],
    [{ taskId: 'ok', polling: { maxPolls: 0 } }, 'polling.maxPolls: got 0'],
    [{ taskId: 'ok', baseUrl: 'https://evil.example' }, 'baseUrl: got a field that does not exist'],
  ])('%j fails with one clear error, no call to Aspose, no record and no event', async (input, message) => {
    const before = courier.simulator.requests.length;
    const events = courier.events.filter(({ source }) => source === 'ocr-courier').length;

    const { execution } = await courier.collect(input);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    expect(execution.cause).toContain(message);
    expect(courier.simulator.requests).toHaveLength(before);
    expect(courier.events.filter(({ source }) => source === 'ocr-courier')).toHaveLength(events);
    expect(await courier.records.read('ok')).toBeUndefined();
  });

  it('may name the execution that started it, as Step Functions puts it', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);

    const { execution } = await courier.collect({
      taskId,
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:parent',
    });

    expect(execution.status).toBe('SUCCEEDED');
  });
});
