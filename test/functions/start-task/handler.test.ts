import { describe, expect, test } from 'vitest';
import type { ExecutionInput } from '../../../functions/contract.ts';
import { createHandler } from '../../../functions/start-task/handler.ts';
import { anInput, instantAfter, START, TASK_ID } from '../builders.ts';
import { aContext, captureLogs } from '../invocation.ts';

function setUp({ starts = true } = {}) {
  const logs = captureLogs();
  const started: [name: string, input: ExecutionInput][] = [];
  const handler = createHandler({
    executions: {
      async start(name, input) {
        started.push([name, input]);
        return starts;
      },
      operationOf: async () => 'RecognizeImage',
    },
    now: () => START,
    logger: logs.logger,
  });
  return { ...logs, started, submit: async (detail: unknown) => handler(anEvent(detail), aContext()) };
}

/** As EventBridge delivers it. */
function anEvent(detail: unknown) {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'OCR Task Submitted',
    source: 'com.example.scanner',
    account: '111122223333',
    time: instantAfter(-1),
    region: 'eu-central-1',
    resources: [],
    detail,
  };
}

describe('a submitted task', () => {
  test('has its collection started with the detail of its event', async () => {
    const { submit, started, logged } = setUp();

    await submit({ taskId: TASK_ID, correlation: 'canary' });

    expect(started).toEqual([[`${TASK_ID}-1`, anInput({ correlation: 'canary' })]]);
    expect(logged()).toMatchObject([{ message: 'Started the collection', taskId: TASK_ID }]);
  });

  test('of which an event came before is left alone', async () => {
    const { submit, logged } = setUp({ starts: false });

    await submit({ taskId: TASK_ID });

    expect(logged()).toMatchObject([{ message: 'The collection had been started before' }]);
  });
});

describe('a malformed event', () => {
  test.each([
    ['without a detail', undefined, 'input: got nothing; allowed: an object with taskId'],
    ['without a task id', {}, 'taskId: got nothing; allowed: 1 to 64 characters'],
    ['with a bad task id', { taskId: '../canary' }, 'taskId: got a string of 9 characters'],
    ['with an unknown field', { taskId: TASK_ID, canary: 1 }, 'canary: got a field that does not exist'],
    [
      'with a submission in the future',
      { taskId: TASK_ID, submittedAt: instantAfter(400) },
      'submittedAt: got an instant in the future',
    ],
    [
      "with Step Functions' own field",
      { taskId: TASK_ID, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn' },
      'a name of 42 characters: got a field that does not exist',
    ],
  ])('%s starts nothing, and fails with its reason', async (_, detail, reason) => {
    const { submit, started, logged } = setUp();

    await expect(submit(detail)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(reason),
    });
    expect(started).toEqual([]);
    expect(logged()).toMatchObject([{ level: 'ERROR', message: 'Start task failed' }]);
  });
});

test('no log holds what the publisher has sent along', async () => {
  const { submit, text } = setUp();

  await submit({ taskId: TASK_ID, correlation: 'canary' });
  await submit({ taskId: '../canary' }).catch(() => {});

  expect(text()).not.toContain('canary');
});
