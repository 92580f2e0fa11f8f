import { describe, expect, test } from 'vitest';
import { createKeptTasks } from '../../../local/aspose-simulator/kept-tasks.ts';
import { createTaskStore, type TaskStoreOptions } from '../../../local/aspose-simulator/task-store.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { memoryDatabase } from '../../support/data-fixture.ts';

const RESULTS = [{ type: 'Text', data: 'QUJD' }];

function setUp() {
  const clock = new VirtualClock();
  return { clock, tasks: createStore({ clock }) };
}

function createStore({
  clock = new VirtualClock(),
  ...options
}: Partial<TaskStoreOptions> & { clock?: VirtualClock }) {
  return createTaskStore(
    clock,
    { pendingSeconds: 2, processingSeconds: 3 },
    { work: async () => [], closing: new AbortController().signal, ...options },
  );
}

/** Lets what has settled be noticed. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a task', () => {
  test('is Pending, then Processing, then Completed, by the clock', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');
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
    const id = tasks.submit('RecognizeImage', work.promise, '');
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
    const id = tasks.submit('RecognizeImage', Promise.reject(new Error('not an image')), '');
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
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');
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

  test('outlives its process with its ending, until its 24 hours are over', async () => {
    const { clock } = setUp();
    const kept = createKeptTasks(memoryDatabase());
    const id = createStore({ clock, kept }).submit('RecognizeImage', Promise.resolve(RESULTS), 'image');
    await turn();
    clock.advance(24 * 3600_000 - 1);

    const after = createStore({ clock, kept });

    expect(after.fetch(id, 'RecognizeImage')).toMatchObject({ taskStatus: 'Completed', results: RESULTS });
    clock.advance(1);
    expect(after.fetch(id).taskStatus).toBe('NotExist');
    expect(kept.read()).toEqual([]);
  });

  test('has its work done again by the next process when it was cut off', async () => {
    const { clock } = setUp();
    const kept = createKeptTasks(memoryDatabase());
    const closing = new AbortController();
    const cutOff = Promise.withResolvers<typeof RESULTS>();
    const first = createStore({ clock, kept, closing: closing.signal });
    const id = first.submit('DetectRegions', cutOff.promise, 'image');
    closing.abort();
    cutOff.reject(new Error('closed'));
    await turn();
    const done: unknown[] = [];

    const work = async (...submission: unknown[]) => {
      done.push(submission);
      return RESULTS;
    };
    const after = createStore({ clock, kept, work });
    await turn();
    clock.advance(5000);

    expect(done).toEqual([['DetectRegions', 'image']]);
    expect(after.fetch(id, 'DetectRegions')).toMatchObject({ taskStatus: 'Completed', results: RESULTS });
  });

  test('stays cancelled in the next process', () => {
    const kept = createKeptTasks(memoryDatabase());
    const before = createStore({ kept });
    const id = before.submit('RecognizeImage', new Promise(() => {}), 'image');

    before.cancel(id, 'RecognizeImage');

    expect(createStore({ kept }).fetch(id).taskStatus).toBe('NotExist');
  });

  test('is known under its own operation only', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');

    expect(tasks.fetch(id, 'RecognizeReceipt').taskStatus).toBe('NotExist');
    expect(tasks.fetch(id, 'RecognizeImage').taskStatus).toBe('Pending');
  });

  test('is NotExist once cancelled, while another operation cannot cancel it', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');

    tasks.cancel(id, 'RecognizeReceipt');
    expect(tasks.fetch(id).taskStatus).toBe('Pending');
    tasks.cancel(id, 'RecognizeImage');
    expect(tasks.fetch(id).taskStatus).toBe('NotExist');
  });
});
