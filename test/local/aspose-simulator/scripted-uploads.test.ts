import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { lostAfter, type ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { call, fetchTask, problemOf, recognize, submit } from '../../support/simulator-client.ts';
import { UNTIL_TEST_HANGS } from '../../support/until.ts';

const AT_ONCE = { pendingSeconds: 0, processingSeconds: 0 };
const OPERATION = 'RecognizeImageTrial';

let simulator: AsposeSimulator;
beforeEach(async () => {
  simulator = await startAsposeSimulator({ recognizer: fakeRecognizer(), timeline: AT_ONCE });
  onTestFinished(() => simulator.close());
});

const upload = () => submit(simulator, OPERATION, 'form');
const counts = () => ({
  posts: simulator.requests.filter(({ method, operation }) => method === 'POST' && operation !== undefined)
    .length,
  tasks: simulator.createdTasks.length,
});

describe('a script of uploads', () => {
  it('is followed in order, and its last entry repeats', async () => {
    simulator.scriptUploads([{ httpStatus: 503 }, { accept: {} }, { httpStatus: 402 }]);

    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await upload()).status);

    expect(statuses).toEqual([503, 200, 402, 402]);
    expect(counts()).toEqual({ posts: 4, tasks: 1 });
  });

  it('of one operation comes before that of all operations, and counts only its own uploads', async () => {
    simulator.scriptUploads([{ httpStatus: 500 }]);
    simulator.scriptUploads([{ httpStatus: 429 }, { httpStatus: 413 }], 'RecognizeImage');
    const statusOf = async (operation: 'RecognizeImage' | 'RecognizeLabel') =>
      (await submit(simulator, operation, 'form')).status;

    expect(await statusOf('RecognizeImage')).toBe(429);
    expect(await statusOf('RecognizeLabel')).toBe(500);
    expect(await statusOf('RecognizeImage')).toBe(413);
  });

  it('does not replace the check of the token', async () => {
    simulator.scriptUploads([{ accept: {} }]);

    const response = await fetch(`${simulator.baseUrl}/v5.0/ocr/RecognizeImage`, {
      method: 'POST',
      body: '{}',
    });

    expect(response.status).toBe(401);
    expect(counts()).toEqual({ posts: 1, tasks: 0 });
  });
});

describe('an accepted upload', () => {
  it('creates a task that is recognized', async () => {
    simulator.scriptUploads([{ accept: {} }]);

    const task = await recognize(simulator, OPERATION, 'form');

    expect(task.taskStatus).toBe('Completed');
    expect(simulator.createdTasks).toEqual([
      { taskId: task.id, operation: OPERATION, at: expect.any(Number) },
    ]);
  });

  it('can create a task with scripted fetches, also for an operation that is not supported', async () => {
    const fetches = [{ taskStatus: 'Completed', results: [{ type: 'Text', data: 'QUJD' }] }];
    simulator.scriptUploads([{ accept: { fetches } }]);
    const text = await call(simulator, 'ConvertTextToSpeech', { method: 'POST', body: '{"text":"a"}' });
    const image = await submit(simulator, 'IdentifyFont', 'form');

    expect(await fetchTask(simulator, 'IdentifyFont', await image.text())).toMatchObject(fetches[0] ?? {});
    expect((await fetchTask(simulator, 'ConvertTextToSpeech', await text.text())).taskStatus).toBe(
      'Completed',
    );
  });

  it('can be lost after some fetches', async () => {
    simulator.scriptUploads([{ accept: { fetches: lostAfter(2) } }]);
    const taskId = await (await upload()).text();

    const statuses: (string | null)[] = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await fetchTask(simulator, OPERATION, taskId)).taskStatus);
    }

    expect(statuses).toEqual(['Pending', 'Pending', 'NotExist', 'NotExist']);
  });

  it.each([[{}], [{ fetches: lostAfter(0) }]])('with %j is still checked', async (accept) => {
    simulator.scriptUploads([{ accept }]);

    const response = await call(simulator, OPERATION, { method: 'POST', body: '{"image":"no base64"}' });

    expect(await problemOf(response)).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/^image: /),
    });
    expect(counts()).toEqual({ posts: 1, tasks: 0 });
  });

  it('can be delayed on the clock', async () => {
    const clock = new VirtualClock();
    await using own = await startAsposeSimulator({ clock, recognizer: fakeRecognizer() });
    own.scriptUploads([{ accept: { fetches: lostAfter(0) }, delaySeconds: 90 }]);
    const begin = clock.now();

    await submit(own, OPERATION, 'form');

    expect(clock.now()).toBe(begin + 90_000);
    expect(own.createdTasks).toEqual([expect.objectContaining({ at: begin })]);
  });
});

describe('a failed upload', () => {
  it('gets its response exactly as it is scripted, and creates no task', async () => {
    const headers = { 'retry-after': '7', location: 'https://example.com/', 'content-type': 'text/html' };
    simulator.scriptUploads([{ httpStatus: 302, headers, body: '<p>moved</p>' }]);

    const response = await call(simulator, OPERATION, { method: 'POST', body: '{}', redirect: 'manual' });

    expect(response.status).toBe(302);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    expect(await response.text()).toBe('<p>moved</p>');
    expect(counts()).toEqual({ posts: 1, tasks: 0 });
  });

  it.each<[string, ScriptedUpload]>([
    ['an unusable id', { httpStatus: 200, body: '<html>', createsTask: true }],
    ['an error', { httpStatus: 504, createsTask: true }],
    ['a reset connection', { fault: 'reset', createsTask: true }],
  ])('with %s may have created a task', async (_, scripted) => {
    simulator.scriptUploads([scripted]);

    await upload().catch(() => {});

    expect(counts()).toEqual({ posts: 1, tasks: 1 });
  });

  it('is forgotten with the requests', async () => {
    simulator.scriptUploads([{ httpStatus: 500, createsTask: true }]);
    await upload();

    simulator.forgetRequests();

    expect(counts()).toEqual({ posts: 0, tasks: 0 });
  });
});

/** Larger than the buffers of a connection, so that the client waits until the server reads. */
const LARGE_BODY = Buffer.alloc(32 * 1024 * 1024, ' ');

/** Starts an upload that shows how much of its body was sent. */
function startUpload(): ClientRequest {
  const headers = { 'content-length': LARGE_BODY.byteLength };
  const sending = request(`${simulator.baseUrl}/v5.0/ocr/${OPERATION}`, { method: 'POST', headers });
  sending.on('error', () => {});
  sending.end(LARGE_BODY);
  onTestFinished(() => void sending.destroy());
  return sending;
}

/** Waits for more responses than the large body and a response to it would take. */
async function passTime(): Promise<void> {
  for (let count = 0; count < 100; count += 1) await fetchTask(simulator, OPERATION, 'unknown');
}

describe('the connection of an upload', () => {
  it.each<ScriptedUpload>([
    { fault: 'reset', when: 'beforeBody' },
    { fault: 'reset', when: 'duringBody' },
    { fault: 'reset' },
  ])('is reset with %j', async (scripted) => {
    simulator.scriptUploads([scripted]);

    const [error] = await once(startUpload(), 'error').catch((thrown: unknown) => [thrown]);

    expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
    expect(counts()).toEqual({ posts: 1, tasks: 0 });
  });

  it('stays open without a response after the whole body with hang', async () => {
    simulator.scriptUploads([{ fault: 'hang' }]);
    const sending = startUpload();
    const responded = vi.fn();
    sending.on('response', responded);

    await once(sending, 'finish');
    await passTime();

    expect(responded).not.toHaveBeenCalled();
  });

  it.each(['beforeBody', 'duringBody'] as const)('takes no whole body when it hangs %s', async (when) => {
    simulator.scriptUploads([{ fault: 'hang', when }]);
    const sending = startUpload();
    const sent = vi.fn();
    sending.on('finish', sent);

    await vi.waitFor(() => expect(counts().posts).toBe(1), UNTIL_TEST_HANGS);
    await passTime();

    expect(sent).not.toHaveBeenCalled();
  });

  it('can get a response before its body is read', async () => {
    simulator.scriptUploads([{ httpStatus: 413, when: 'beforeBody' }]);
    const sending = startUpload();
    const sent = vi.fn();
    sending.on('finish', sent);

    const [response]: IncomingMessage[] = await once(sending, 'response');

    expect(response?.statusCode).toBe(413);
    expect(sent).not.toHaveBeenCalled();
  });
});
