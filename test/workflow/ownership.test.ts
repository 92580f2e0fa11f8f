import { describe, expect, it } from 'vitest';
import { openRecord } from '../../functions/core/task-record.ts';
import { courierForAll } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';

const courier = await courierForAll();

/** Starts executions of a task at the same moment. @returns their ends */
async function collectTogether(taskId: string, executions: number, polling: object = {}) {
  const input = { taskId, polling };
  const started = await Promise.all(Array.from({ length: executions }, () => courier.start(input)));
  return await Promise.all(started.map(({ executionArn }) => courier.collected(executionArn, taskId)));
}

describe('one collection per task', () => {
  it('O1: lets simultaneous executions join the first, with one outcome and one event', async () => {
    const taskId = courier.createTask(pending, pending, pending, completed('whale'));

    const ends = await collectTogether(taskId, 3);

    expect(ends.map(({ execution }) => execution.status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(new Set(ends.map(({ execution }) => JSON.stringify(execution.output))).size).toBe(1);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
    expect(courier.fetchesOf(taskId)).toHaveLength(4);
  });

  it.each([
    ['OcrTaskFailed', [pending, { taskStatus: 'Error' }]],
    ['OcrTaskTimedOut', [pending]],
  ])('O1: ends a joined execution with its owner as %s', async (error, responses) => {
    const taskId = courier.createTask(...responses);

    const ends = await collectTogether(taskId, 2, { timeoutSeconds: 300 });

    expect(ends.map(({ execution }) => execution.error)).toEqual([error, error]);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('O1: returns the stored outcome to a later execution without a call to Aspose', async () => {
    const taskId = courier.createTask(completed('whale'));
    const first = await courier.collect({ taskId });

    const second = await courier.collect({ taskId });

    expect(second.execution.output).toEqual(first.execution.output);
    expect(courier.fetchesOf(taskId)).toHaveLength(1);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('collects a higher generation with its own idempotency key', async () => {
    const taskId = courier.createTask({ taskStatus: 'Error' }, completed('whale'));
    await courier.collect({ taskId });

    const second = await courier.collect({ taskId, generation: 2 });

    expect(second.record).toMatchObject({ outcome: 'Completed', generation: 2, attempts: 1 });
    const keys = courier.eventsOf(taskId).map(({ detail }) => Object(detail).idempotencyKey);
    expect(keys).toEqual([`RecognizeImage/${taskId}/1`, `RecognizeImage/${taskId}/2`]);
  });

  it('O8: collects a task whose record has expired, even before DynamoDB deletes it', async () => {
    const taskId = courier.createTask(completed('whale'));
    await courier.collect({ taskId });
    courier.clock.advance(25 * 3600 * 1000);

    const later = await courier.collect({ taskId });

    expect(later.record).toMatchObject({ outcome: 'Completed', attempts: 1 });
    expect(courier.fetchesOf(taskId)).toHaveLength(2);
  });

  it('takes over from an owner whose lease has expired', async () => {
    const taskId = courier.createTask(pending, completed('whale'));
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

  it('S14: refuses the id of a task of another operation', async () => {
    const taskId = courier.createTask(completed('whale'));
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
    [
      { taskId: 'ok', submittedAt: '2099-01-01T00:00:00Z' },
      'submittedAt: got an instant more than 5 minutes in the future',
    ],
    [{ taskId: 'ok', submittedAt: '0001-01-01T00:00:00Z' }, 'submittedAt: got an instant more than 24 hours'],
    [{ taskId: 'ok', polling: { maxPolls: 0 } }, 'polling.maxPolls: got 0'],
    [{ taskId: 'ok', baseUrl: 'https://evil.example' }, 'baseUrl: got a field that does not exist'],
  ])('U1 U2 S2 S23: %j fails with InvalidInput before any call, record or event', async (input, message) => {
    const before = courier.simulator.requests.length;
    const events = courier.events.filter(({ source }) => source === 'ocr-courier').length;

    const { execution } = await courier.collect(input);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    expect(execution.cause).toContain(message);
    expect(courier.simulator.requests).toHaveLength(before);
    expect(courier.events.filter(({ source }) => source === 'ocr-courier')).toHaveLength(events);
    expect(await courier.records.read('ok')).toBeUndefined();
  });

  it('may contain the ARN of the parent execution that Step Functions adds', async () => {
    const taskId = courier.createTask(completed('whale'));

    const { execution } = await courier.collect({
      taskId,
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:parent',
    });

    expect(execution.status).toBe('SUCCEEDED');
  });
});
