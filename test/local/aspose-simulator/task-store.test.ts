import { describe, expect, it } from 'vitest';
import { createTaskDatabase } from '../../../local/aspose-simulator/task-database.ts';
import { createTaskStore, type TaskStoreOptions } from '../../../local/aspose-simulator/task-store.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { memoryDatabase } from '../../support/data-fixture.ts';

const RESULTS = [{ type: 'Text', data: 'QUJD' }];

function setUp(perform = async () => RESULTS) {
  const clock = new VirtualClock();
  return { clock, tasks: createStore({ clock, perform }) };
}

function createStore({
  clock = new VirtualClock(),
  ...options
}: Partial<TaskStoreOptions> & { clock?: VirtualClock }) {
  return createTaskStore(
    clock,
    { pendingSeconds: 2, processingSeconds: 3 },
    {
      database: createTaskDatabase(memoryDatabase()),
      perform: async () => RESULTS,
      closing: new AbortController().signal,
      ...options,
    },
  );
}

/** Lets handlers of settled promises run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a task', () => {
  it('goes from Pending to Processing to Completed by the clock', async () => {
    const { clock, tasks } = setUp();
    const id = tasks.submit('RecognizeImage', 'image');
    await turn();

    const statuses = [0, 1999, 1, 2999, 1].map((milliseconds) => {
      clock.advance(milliseconds);
      return tasks.fetch(id).taskStatus;
    });

    expect(statuses).toEqual(['Pending', 'Pending', 'Processing', 'Processing', 'Completed']);
  });

  it('stays in Processing until its work is complete', async () => {
    const work = Promise.withResolvers<typeof RESULTS>();
    const { clock, tasks } = setUp(() => work.promise);
    const id = tasks.submit('RecognizeImage', 'image');
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
    const { clock, tasks } = setUp(() => Promise.reject(new Error('not an image')));
    const id = tasks.submit('RecognizeImage', 'image');
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
    const id = tasks.submit('RecognizeImage', 'image');
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
    const id = createStore({ clock, database }).submit('RecognizeImage', 'image');
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
    const perform = () => cutOff.promise;
    const first = createStore({ clock, database, closing: closing.signal, perform });
    const id = first.submit('DetectRegions', 'image');
    await turn();
    closing.abort();
    cutOff.reject(new Error('closed'));
    await turn();
    const repeated: unknown[] = [];

    const repeat = async (...submission: unknown[]) => {
      repeated.push(submission);
      return RESULTS;
    };
    const after = createStore({ clock, database, perform: repeat });
    await turn();
    clock.advance(5000);

    expect(repeated).toEqual([['DetectRegions', 'image']]);
    expect(after.fetch(id, 'DetectRegions')).toMatchObject({ taskStatus: 'Completed', results: RESULTS });
  });

  it('stays cancelled in the next process', () => {
    const database = createTaskDatabase(memoryDatabase());
    const before = createStore({ database, perform: () => new Promise(() => {}) });
    const id = before.submit('RecognizeImage', 'image');

    before.cancel(id, 'RecognizeImage');

    expect(createStore({ database }).fetch(id).taskStatus).toBe('NotExist');
  });

  it('waits until the work of the tasks before it has ended', async () => {
    const works = [Promise.withResolvers<typeof RESULTS>(), Promise.withResolvers<typeof RESULTS>()];
    const begun: string[] = [];
    const tasks = createStore({
      perform: (_, submission) => {
        begun.push(submission);
        return works[begun.length - 1]?.promise ?? Promise.resolve(RESULTS);
      },
    });
    for (const submission of ['first', 'second']) tasks.submit('RecognizeImage', submission);
    await turn();
    const before = [...begun];

    works[0]?.reject(new Error('no image'));
    await turn();

    expect({ before, begun }).toEqual({ before: ['first'], begun: ['first', 'second'] });
  });

  it('does no work when it was cancelled before', async () => {
    const first = Promise.withResolvers<typeof RESULTS>();
    const begun: string[] = [];
    const tasks = createStore({
      perform: (_, submission) => {
        begun.push(submission);
        return first.promise;
      },
    });
    tasks.submit('RecognizeImage', 'first');
    tasks.cancel(tasks.submit('RecognizeImage', 'second'), 'RecognizeImage');

    first.resolve(RESULTS);
    await turn();

    expect(begun).toEqual(['first']);
  });

  it('is NotExist for any other operation', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', 'image');

    expect(tasks.fetch(id, 'RecognizeReceipt').taskStatus).toBe('NotExist');
    expect(tasks.fetch(id, 'RecognizeImage').taskStatus).toBe('Pending');
  });

  it('is NotExist after its own operation cancels it; another operation cannot', () => {
    const { tasks } = setUp();
    const id = tasks.submit('RecognizeImage', 'image');

    tasks.cancel(id, 'RecognizeReceipt');
    expect(tasks.fetch(id).taskStatus).toBe('Pending');
    tasks.cancel(id, 'RecognizeImage');
    expect(tasks.fetch(id).taskStatus).toBe('NotExist');
  });
});
