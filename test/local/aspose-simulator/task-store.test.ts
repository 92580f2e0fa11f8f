import { describe, expect, it } from 'vitest';
import { createTaskDatabase } from '../../../local/aspose-simulator/task-database.ts';
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
    { repeatWork: async () => [], closing: new AbortController().signal, ...options },
  );
}

/** Lets handlers of settled promises run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a task', () => {
  it('goes from Pending to Processing to Completed by the clock', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');
    await turn();

    const statuses = [0, 1999, 1, 2999, 1].map((milliseconds) => {
      clock.advance(milliseconds);
      return tasks.fetch(id).taskStatus;
    });

    expect(statuses).toEqual(['Pending', 'Pending', 'Processing', 'Processing', 'Completed']);
  });

  it('stays in Processing until its work is complete', async () => {
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

  it('ends in Error with the message of its failed work', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.reject(new Error('not an image')), '');
    await turn();
    clock.advance(5000);

    expect(tasks.fetch(id)).toEqual({
      id,
      taskStatus: 'Error',
      responseStatusCode: 'Error',
      results: null,
      error: { messages: ['not an image'], warnings: [] },
    });
  });

  it('can be fetched repeatedly for 24 hours after its submission, and is NotExist afterwards', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');
    await turn();

    clock.advance(24 * 3600_000 - 1);
    expect([tasks.fetch(id), tasks.fetch(id)].map(({ taskStatus }) => taskStatus)).toEqual([
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

  it('survives its process with its ending until the 24 hours are over', async () => {
    const { clock } = setUp();
    const database = createTaskDatabase(memoryDatabase());
    const id = createStore({ clock, database }).submit('RecognizeImage', Promise.resolve(RESULTS), 'image');
    await turn();
    clock.advance(24 * 3600_000 - 1);

    const after = createStore({ clock, database });

    expect(after.fetch(id, 'RecognizeImage')).toMatchObject({ taskStatus: 'Completed', results: RESULTS });
    clock.advance(1);
    expect(after.fetch(id).taskStatus).toBe('NotExist');
    expect(database.read()).toEqual([]);
  });

  it('has its work repeated by the next process after it was cut off', async () => {
    const { clock } = setUp();
    const database = createTaskDatabase(memoryDatabase());
    const closing = new AbortController();
    const cutOff = Promise.withResolvers<typeof RESULTS>();
    const first = createStore({ clock, database, closing: closing.signal });
    const id = first.submit('DetectRegions', cutOff.promise, 'image');
    closing.abort();
    cutOff.reject(new Error('closed'));
    await turn();
    const repeated: unknown[] = [];

    const repeatWork = async (...submission: unknown[]) => {
      repeated.push(submission);
      return RESULTS;
    };
    const after = createStore({ clock, database, repeatWork });
    await turn();
    clock.advance(5000);

    expect(repeated).toEqual([['DetectRegions', 'image']]);
    expect(after.fetch(id, 'DetectRegions')).toMatchObject({ taskStatus: 'Completed', results: RESULTS });
  });

  it('stays cancelled in the next process', () => {
    const database = createTaskDatabase(memoryDatabase());
    const before = createStore({ database });
    const id = before.submit('RecognizeImage', new Promise(() => {}), 'image');

    before.cancel(id, 'RecognizeImage');

    expect(createStore({ database }).fetch(id).taskStatus).toBe('NotExist');
  });

  it('is NotExist for any other operation', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');

    expect(tasks.fetch(id, 'RecognizeReceipt').taskStatus).toBe('NotExist');
    expect(tasks.fetch(id, 'RecognizeImage').taskStatus).toBe('Pending');
  });

  it('is NotExist after its own operation cancels it; another operation cannot', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', Promise.resolve(RESULTS), '');

    tasks.cancel(id, 'RecognizeReceipt');
    expect(tasks.fetch(id).taskStatus).toBe('Pending');
    tasks.cancel(id, 'RecognizeImage');
    expect(tasks.fetch(id).taskStatus).toBe('NotExist');
  });
});
