import { describe, expect, it } from 'vitest';
import {
  createHandler,
  type StartExecutionsDependencies,
} from '../../../functions/start-executions/handler.ts';
import { anInput, instantAfter, START, TASK_ID } from '../../support/builders.ts';
import { anImage, IMAGE_ID } from '../../support/image-builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryPorts } from '../../support/memory-ports.ts';
import { aBatch, anEvent, anObjectCreated } from '../../support/submitted-event.ts';

function setUp(different: Partial<StartExecutionsDependencies> = {}) {
  const logs = captureLogs();
  const memory = memoryPorts();
  const refusals: { readonly event: unknown; readonly reason: Error }[] = [];
  const handler = createHandler({
    ports: memory.ports,
    refuse: async (event, reason) => void refusals.push({ event, reason }),
    logger: logs.logger,
    ...different,
  });
  const handle = async (...events: readonly unknown[]) => handler(aBatch(...events), aContext());
  const submit = (detail: unknown) => handle(anEvent(detail));
  return { ...logs, ...memory, refusals, handle, submit };
}

describe('an OCR Task Submitted event', () => {
  it('starts a collection with the detail of the event as its input', async () => {
    const { submit, executions, records, logged, text } = setUp();

    await submit({ taskId: TASK_ID, correlation: 'canary' });

    expect([...executions.keys()]).toEqual([`${TASK_ID}-1`]);
    expect(executions.get(`${TASK_ID}-1`)).toMatchObject({ input: anInput({ correlation: 'canary' }) });
    expect(records.get(TASK_ID)).toMatchObject({ status: 'Collecting' });
    expect(logged()).toMatchObject([{ message: 'Started', taskId: TASK_ID }]);
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
      expect(logged()[1]).toMatchObject({ message: 'Had been started before' });
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
  ])('%s starts nothing and is refused with the reason', async (_, detail, reason) => {
    const { submit, refusals, executions, logged, text } = setUp();

    expect(await submit(detail)).toEqual({ batchItemFailures: [] });
    expect(refusals).toMatchObject([
      {
        event: { 'detail-type': 'OCR Task Submitted' },
        reason: { name: 'InvalidInput', message: expect.stringContaining(reason) },
      },
    ]);
    expect(executions.size).toBe(0);
    expect(logged()).toMatchObject([{ level: 'INFO', message: 'Refused' }]);
    expect(text()).not.toContain('../canary');
  });

  it('is refused and not quoted in the log when its message is not JSON', async () => {
    const { handle, refusals, text } = setUp();

    expect(await handle('canary')).toEqual({ batchItemFailures: [] });
    expect(refusals).toMatchObject([
      { reason: { message: expect.stringContaining('event: got another event') } },
    ]);
    expect(text()).not.toContain('canary');
  });

  it('stays in the queue of refused requests when it is redriven and refused again', async () => {
    const { handle, refusals } = setUp();

    const redriven = { requestPayload: anEvent({ taskId: 'a/b' }), responsePayload: {} };

    expect(await handle(redriven)).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
    expect(refusals).toEqual([]);
  });

  it('returns to the queue, alone of its batch, when its start fails', async () => {
    const { handle, ports, executions, logged } = setUp();
    const { start } = ports.executions;
    ports.executions.start = async (name, input) => {
      if (input.taskId === 'throttled') throw new Error('ThrottlingException');
      return await start(name, input);
    };

    const response = await handle(anEvent({ taskId: 'one' }), anEvent({ taskId: 'throttled' }));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect([...executions.keys()]).toEqual(['one-1']);
    expect(logged()).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'Start failed' }));
  });
});

describe('a refusal', () => {
  it('that cannot be sent returns its message to the queue, without the others of the batch', async () => {
    const { handle, executions } = setUp({
      refuse: async () => {
        throw new Error('throttled');
      },
    });

    const response = await handle(anEvent({ taskId: 'a/b' }), anEvent({ taskId: 'one' }));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
    expect([...executions.keys()]).toEqual(['one-1']);
  });
});

describe('an object in the inbox', () => {
  it('starts one recognition, however often it is announced', async () => {
    const { handle, recognitions, images } = setUp();
    const created = anObjectCreated('inbox/RecognizeImage/a b+c ü.png');

    await handle(created);
    await handle(created);

    expect(recognitions.size).toBe(1);
    expect([...recognitions.values()]).toMatchObject([
      { input: { operation: 'RecognizeImage', source: { key: 'inbox/RecognizeImage/a b+c ü.png' } } },
    ]);
    expect(images.current()).toMatchObject({ state: 'Submitting' });
  });

  it.each(['inbox/RecognizeImage/', 'inbox/RecognizeImage/sub/', 'inbox/RecognizeImage/_settings.json'])(
    'is ignored when it is no image of its own: %s',
    async (key) => {
      const { handle, recognitions, refusals } = setUp();

      expect(await handle(anObjectCreated(key))).toEqual({ batchItemFailures: [] });
      expect(recognitions.size).toBe(0);
      expect(refusals).toEqual([]);
    },
  );

  it.each(['inbox/a.png', 'inbox/Recognize/a.png', 'inbox/recognizeimage/a.png', 'inbox//a.png'])(
    'is refused when its key names no operation: %s',
    async (key) => {
      const { handle, refusals } = setUp();

      await handle(anObjectCreated(key));

      expect(refusals).toMatchObject([
        { reason: { message: expect.stringContaining('key: got an object outside the folder') } },
      ]);
    },
  );

  it('U7: is refused when it is not the one of its upload link', async () => {
    const { handle, images, refusals, recognitions } = setUp();
    const folder = `inbox/RecognizeImage/api/${IMAGE_ID}`;
    const { source: _source, ...announced } = anImage();
    images.all.set(IMAGE_ID, { ...announced, state: 'AwaitingUpload' });

    await handle(anObjectCreated(`${folder}/a.png`));
    await handle(anObjectCreated(`${folder}/b.png`));
    await handle(anObjectCreated(`${folder}/a.png`, { etag: 'e2' }));

    expect(recognitions.size).toBe(1);
    expect(refusals.map(({ reason }) => reason.name)).toEqual(['ImageConflict', 'ImageConflict']);
  });

  it.each([
    ['deep', JSON.parse('['.repeat(8000) + ']'.repeat(8000))],
    ['large', { language: 'x'.repeat(200_000) }],
  ])('is refused when the settings of its folder are too %s', async (_, settings) => {
    const { handle, objects, settings: files, refusals } = setUp();
    const key = 'inbox/RecognizeImage/a.png';
    const source = { bucket: 'results', key, etag: 'e1' };
    objects.set(key, { kind: 'Found', source, metadata: {} });
    files.set('inbox/RecognizeImage/_settings.json', settings);

    expect(await handle(anObjectCreated(key))).toEqual({ batchItemFailures: [] });
    expect(refusals).toMatchObject([{ reason: { message: expect.stringContaining('settings: got') } }]);
  });
});

describe('a list below lists/', () => {
  const KEY = 'lists/monday.jsonl';

  function setUpList(metadata: Readonly<Record<string, string>> = {}, etag = 'e1') {
    const world = setUp();
    const put = (content: string) =>
      world.objects.set(KEY, {
        kind: 'Found',
        source: { bucket: 'results', key: KEY, etag: content },
        metadata,
      });
    put(etag);
    return { ...world, put };
  }

  it('starts one batch with its name as the id, however often it is announced', async () => {
    const { handle, batches, batchExecutions, refusals, logged } = setUpList({ 'ocr-concurrency': '3' });

    await handle(anObjectCreated(KEY));
    await handle(anObjectCreated(KEY));

    expect([...batchExecutions]).toMatchObject([
      ['monday', { input: { list: { bucket: 'results', key: KEY, etag: 'e1' }, concurrency: 3 } }],
    ]);
    expect(batches.current()).toMatchObject({ batchId: 'monday', status: 'Opening' });
    expect(refusals).toEqual([]);
    expect(logged()).toMatchObject([
      { message: 'Started', batchId: 'monday' },
      { message: 'Had been started before', batchId: 'monday' },
    ]);
  });

  it('starts one batch when both of two copies of its event are handled at once', async () => {
    const { handle, batchExecutions, refusals } = setUpList();

    expect(await handle(anObjectCreated(KEY), anObjectCreated(KEY))).toEqual({ batchItemFailures: [] });
    expect(batchExecutions.size).toBe(1);
    expect(refusals).toEqual([]);
  });

  it('is refused when its name is in use for other content', async () => {
    const { handle, put, batchExecutions, refusals } = setUpList();
    await handle(anObjectCreated(KEY));
    put('e2');

    await handle(anObjectCreated(KEY, { etag: 'e2' }));

    expect(refusals).toMatchObject([
      { reason: { name: 'BatchConflict', message: expect.stringContaining('batchId: monday is in use') } },
    ]);
    expect(batchExecutions.size).toBe(1);
  });

  it.each(['lists/week/monday.jsonl', 'lists/monday.xlsx', 'lists/a b.csv'])(
    'is refused when its name is no id: %s',
    async (key) => {
      const { handle, refusals, batchExecutions } = setUp();

      await handle(anObjectCreated(key));

      expect(refusals).toMatchObject([{ reason: { name: 'InvalidInput', field: 'key' } }]);
      expect(batchExecutions.size).toBe(0);
    },
  );

  it('is refused when its metadata is wrong, and the log does not repeat it', async () => {
    const { handle, refusals, text } = setUpList({ 'ocr-operation': '../canary' });

    await handle(anObjectCreated(KEY));

    expect(refusals).toMatchObject([{ reason: { name: 'InvalidInput', field: 'operation' } }]);
    expect(text()).not.toContain('canary');
  });

  it('is ignored when it marks a folder', async () => {
    const { handle, refusals, batchExecutions } = setUp();

    expect(await handle(anObjectCreated('lists/'))).toEqual({ batchItemFailures: [] });
    expect(refusals).toEqual([]);
    expect(batchExecutions.size).toBe(0);
  });

  it('returns to the queue when its start fails', async () => {
    const { handle, ports } = setUpList();
    ports.batchExecutions.start = async () => {
      throw new Error('ThrottlingException');
    };

    expect(await handle(anObjectCreated(KEY))).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
  });
});
