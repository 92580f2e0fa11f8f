import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/open-batch/handler.ts';
import { BATCH_EXECUTION, BATCH_ID, openBatchWorld } from '../../support/batch-world.ts';
import { instantAfter } from '../../support/builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';

function setUp(world: Parameters<typeof openBatchWorld>[0] = {}) {
  const logs = captureLogs();
  const memory = openBatchWorld(world);
  const handler = createHandler({ ports: memory.ports, logger: logs.logger });
  return {
    ...logs,
    ...memory,
    open: async (input: unknown, details: object = {}) => {
      const event = {
        batchId: BATCH_ID,
        executionArn: BATCH_EXECUTION,
        executionStartedAt: instantAfter(0),
        input,
        ...details,
      };
      return await handler(event, aContext());
    },
  };
}

describe('Open batch', () => {
  it('opens the batch of the execution', async () => {
    const { open, current, items, logged } = setUp();

    expect(await open({ tasks: ['a', 'b'], concurrency: 3 })).toEqual({
      chunksKey: `batches/${BATCH_ID}/chunks.jsonl`,
      concurrency: 3,
    });

    expect(current()).toMatchObject({
      executionArn: BATCH_EXECUTION,
      startedAt: instantAfter(0),
      concurrency: 3,
      total: 2,
    });
    expect(items()).toMatchObject([{ taskId: 'a' }, { taskId: 'b' }]);
    expect(logged()).toEqual([expect.objectContaining({ message: 'Batch opened', batchId: BATCH_ID })]);
  });

  it.each([
    ['input', {}, {}, 'input: got nothing; allowed: exactly one of tasks, list, images, retryOf'],
    ['field', { tasks: ['a'], secret: 'canary' }, {}, 'secret: got a field that does not exist'],
    [
      'name of an execution',
      { tasks: ['a'] },
      { batchId: 'a_b' },
      'batchId: got a string of 3 characters, with "_"',
    ],
  ])('refuses the %s, and records nothing', async (_, input, details, message) => {
    const { open, batches, stored } = setUp();

    await expect(open(input, details)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(message),
    });
    expect([batches.size, stored.size]).toEqual([0, 0]);
  });

  it('logs no text of a list that it refuses', async () => {
    const key = 'lists/canary.jsonl';
    const { open, logged, text, current } = setUp({ lists: { [key]: '"canary canary"\n' } });

    await expect(open({ list: { bucket: 'scans', key } })).rejects.toMatchObject({ name: 'OcrBatchRefused' });

    expect(logged()).toEqual([expect.objectContaining({ level: 'INFO', message: 'Batch refused' })]);
    expect(text()).not.toContain('canary');
    expect(JSON.stringify(current())).not.toContain('canary');
  });

  it('logs other errors', async () => {
    const { open, ports, logged } = setUp();
    ports.batches.read = async () => {
      throw new Error('the table is gone');
    };

    await expect(open({ tasks: ['a'] })).rejects.toThrow('the table is gone');
    expect(logged()).toEqual([expect.objectContaining({ level: 'ERROR', message: 'Open batch failed' })]);
  });
});
