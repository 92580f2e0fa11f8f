import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/start-task/handler.ts';
import { anInput, instantAfter, START, TASK_ID } from '../../support/builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryPorts } from '../../support/memory-ports.ts';
import { anEvent } from '../../support/submitted-event.ts';

function setUp() {
  const logs = captureLogs();
  const memory = memoryPorts();
  const handler = createHandler({ ports: memory.ports, logger: logs.logger });
  return { ...logs, ...memory, submit: async (detail: unknown) => handler(anEvent(detail), aContext()) };
}

describe('an OCR Task Submitted event', () => {
  it('starts a collection with the detail of the event as its input', async () => {
    const { submit, executions, records, logged, text } = setUp();

    await submit({ taskId: TASK_ID, correlation: 'canary' });

    expect([...executions.keys()]).toEqual([`${TASK_ID}-1`]);
    expect(executions.get(`${TASK_ID}-1`)).toMatchObject({ input: anInput({ correlation: 'canary' }) });
    expect(records.get(TASK_ID)).toMatchObject({ status: 'Collecting' });
    expect(logged()).toMatchObject([{ message: 'Started the collection', taskId: TASK_ID }]);
    expect(text()).not.toContain('canary');
  });

  it.each([true, false])(
    'starts nothing when it is redelivered and its record exists: %s',
    async (exists) => {
      const { submit, executions, records, logged } = setUp();
      await submit({ taskId: TASK_ID });
      executions.set(`${TASK_ID}-1`, { kind: 'Ended', startedAt: START });
      if (!exists) records.delete(TASK_ID);

      await submit({ taskId: TASK_ID });

      expect(executions.size).toBe(1);
      expect(logged()[1]).toMatchObject({ message: 'The collection had been started before' });
    },
  );

  it.each([
    ['without a detail', undefined, 'detail: got nothing; allowed: an object with taskId'],
    ['without a task id', {}, 'taskId: got nothing; allowed: 1 to 64 characters'],
    ['with a bad task id', { taskId: '../canary' }, 'taskId: got a string of 9 characters'],
    ['with an unknown field', { taskId: TASK_ID, canary: 1 }, 'canary: got a field that does not exist'],
    [
      'with a submission in the future',
      { taskId: TASK_ID, submittedAt: instantAfter(400) },
      'submittedAt: got an instant more than 5 minutes in the future',
    ],
    [
      'that waited until Aspose deleted the result',
      { taskId: TASK_ID, submittedAt: instantAfter(-86_401) },
      'submittedAt: got an instant more than 24 hours ago',
    ],
    [
      "with Step Functions' own field",
      { taskId: TASK_ID, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn' },
      'a name of 42 characters: got a field that does not exist',
    ],
  ])('%s starts nothing and fails with the reason', async (_, detail, reason) => {
    const { submit, executions, logged, text } = setUp();

    await expect(submit(detail)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(reason),
    });
    expect(executions.size).toBe(0);
    expect(logged()).toMatchObject([{ level: 'ERROR', message: 'Start task failed' }]);
    expect(text()).not.toContain('../canary');
  });

  it('is not quoted in the log when it is redriven and not JSON', async () => {
    const logs = captureLogs();
    const handler = createHandler({ ports: memoryPorts().ports, logger: logs.logger });

    const redriving = async () => handler({ Records: [{ body: 'canary' }] }, aContext());

    await expect(redriving()).rejects.toThrow(expect.not.stringContaining('canary'));
    expect(logs.logged()).toMatchObject([{ level: 'ERROR', message: 'Start task failed' }]);
    expect(logs.text()).not.toContain('canary');
  });
});
