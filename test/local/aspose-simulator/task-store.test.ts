import { describe, expect, test } from 'vitest';
import { createTaskStore } from '../../../local/aspose-simulator/task-store.ts';
import { VirtualClock } from '../../../local/clock.ts';

const RESULTS = [{ type: 'Text', data: 'QUJD' }];

function setUp() {
  const clock = new VirtualClock();
  return { clock, tasks: createTaskStore(clock, { pendingSeconds: 2, processingSeconds: 3 }) };
}

/** Lets what has settled be noticed. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a task', () => {
  test('is Pending, then Processing, then Completed, by the clock', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS));
    await turn();

    const statuses = [0, 1999, 1, 2999, 1].map((milliseconds) => {
      clock.advance(milliseconds);
      return tasks.fetch(id).taskStatus;
    });

    expect(statuses).toEqual(['Pending', 'Pending', 'Processing', 'Processing', 'Completed']);
  });

  test('is not Completed before its work is', async () => {
    const { clock, tasks } = setUp();
    const work = Promise.withResolvers<typeof RESULTS>();
    const id = tasks.submit('RecognizeImage', work.promise);
    clock.advance(3600_000);
    expect(tasks.fetch(id).taskStatus).toBe('Processing');

    work.resolve(RESULTS);
    await turn();

    expect(tasks.fetch(id)).toEqual({
      id,
      taskStatus: 'Completed',
      responseStatusCode: 'Ok',
      results: RESULTS,
      error: null,
    });
  });

  test('ends in Error, with the message, when its work fails', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.reject(new Error('not an image')));
    await turn();
    clock.advance(5000);

    expect(tasks.fetch(id)).toEqual({
      id,
      taskStatus: 'Error',
      responseStatusCode: 'Error',
      results: null,
      error: { messages: ['not an image'], warnings: null },
    });
  });

  test('can be fetched again and again for 24 hours after its submission, then is NotExist', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS));
    await turn();

    clock.advance(24 * 3600_000 - 1);
    expect([tasks.fetch(id), tasks.fetch(id)].map((answer) => answer.taskStatus)).toEqual([
      'Completed',
      'Completed',
    ]);
    clock.advance(1);
    expect(tasks.fetch(id)).toEqual({
      id,
      taskStatus: 'NotExist',
      responseStatusCode: 'TaskNotFound',
      results: null,
      error: null,
    });
  });

  test('is known under its own operation only', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS));

    expect(tasks.fetch(id, 'RecognizeReceipt').taskStatus).toBe('NotExist');
    expect(tasks.fetch(id, 'RecognizeImage').taskStatus).toBe('Pending');
  });

  test('is NotExist once cancelled, while another operation cannot cancel it', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS));

    tasks.cancel(id, 'RecognizeReceipt');
    expect(tasks.fetch(id).taskStatus).toBe('Pending');
    tasks.cancel(id, 'RecognizeImage');
    expect(tasks.fetch(id).taskStatus).toBe('NotExist');
  });
});
