import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TaskFailed, WaitTimedOut } from '../../client/client.ts';
import { quickClient } from '../support/api-client.ts';
import { aRecord, aTerminalRecord } from '../support/builders.ts';
import { inTurn, listen, replyWith, replyWithJson } from '../support/loopback-server.ts';

const collecting = replyWithJson(aRecord({ taskId: 'whale' }));
const completed = replyWithJson(aTerminalRecord({ taskId: 'whale' }));
const hang = () => {};

describe('wait', () => {
  it('reads the task until it has ended, and reports each state', async () => {
    const api = await listen(inTurn(collecting, collecting, completed));
    const statuses: string[] = [];

    const task = await quickClient(api.baseUrl).wait('whale', {
      onProgress: ({ status }) => statuses.push(status),
    });

    expect(task).toMatchObject({ taskId: 'whale', outcome: 'Completed' });
    expect(statuses).toEqual(['Collecting', 'Collecting', 'Completed']);
    expect(api.received.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array(3).fill('GET /tasks/whale'),
    );
  });

  it('asks the API to hold the request', async () => {
    const headers: unknown[] = [];
    const api = await listen(completed);

    await quickClient(api.baseUrl, {
      fetch: (url, init) => {
        headers.push(new Headers(init.headers).get('prefer'));
        return fetch(url, init);
      },
    }).wait('whale');

    expect(headers).toEqual(['wait=25']);
  });

  it('repeats a request that the API has held without waiting for Retry-After', async () => {
    const held = { 'preference-applied': 'wait=25', 'retry-after': '30' };
    const api = await listen(inTurn(replyWith(200, JSON.stringify(aRecord()), held), completed));

    await expect(quickClient(api.baseUrl).wait('whale', { timeoutSeconds: 5 })).resolves.toBeDefined();
  });

  it('does not read without a pause when the API applies the wait but does not hold the request', async () => {
    const held = { 'preference-applied': 'wait=0' };
    const api = await listen(replyWith(200, JSON.stringify(aRecord()), held));

    await expect(
      quickClient(api.baseUrl, {}, { spacingMilliseconds: 60 }).wait('whale', { timeoutSeconds: 0.2 }),
    ).rejects.toThrow(WaitTimedOut);
    expect(api.received.length).toBeLessThanOrEqual(4);
  });

  it('spaces its reads by Retry-After', async () => {
    const api = await listen(
      inTurn(replyWith(200, JSON.stringify(aRecord()), { 'retry-after': '1' }), completed),
    );
    const startedAt = performance.now();

    await quickClient(api.baseUrl).wait('whale');

    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it.each(['0', '-5', '1.5', 'Fri, 31 Dec 1999 23:59:59 GMT'])(
    'does not read without a pause when Retry-After is %s',
    async (retryAfter) => {
      const api = await listen(replyWith(200, JSON.stringify(aRecord()), { 'retry-after': retryAfter }));

      const timing = { spacingMilliseconds: 60, maxSpacingMilliseconds: 60 };

      await expect(
        quickClient(api.baseUrl, {}, timing).wait('whale', { timeoutSeconds: 0.2 }),
      ).rejects.toThrow(WaitTimedOut);
      expect(api.received.length).toBeLessThanOrEqual(4);
    },
  );

  it('waits for its end when Retry-After is longer than a timer can be', async () => {
    const api = await listen(replyWith(200, JSON.stringify(aRecord()), { 'retry-after': '9999999999' }));

    await expect(quickClient(api.baseUrl).wait('whale', { timeoutSeconds: 0.1 })).rejects.toThrow(
      WaitTimedOut,
    );
    expect(api.received).toHaveLength(1);
  });

  it.each(['credentials', 'token'])('ends although the function for %s does not', async (option) => {
    const abort = new AbortController();
    const client = quickClient('http://127.0.0.1:1', {
      [option]: () => new Promise(() => {}),
      region: 'eu-west-1',
    });
    const aborted = client.read('whale', { signal: abort.signal });
    abort.abort('no longer needed');

    await expect(aborted).rejects.toBe('no longer needed');
    await expect(client.wait('whale', { timeoutSeconds: 0.02 })).rejects.toThrow(WaitTimedOut);
  });

  it('follows the task that replaced a lost one', async () => {
    const lost = replyWithJson(aTerminalRecord({ taskId: 'whale', outcome: 'Expired', replacedBy: 'calf' }));
    const api = await listen(inTurn(lost, replyWithJson(aTerminalRecord({ taskId: 'calf' }))));

    const { taskId } = await quickClient(api.baseUrl).wait('whale');

    expect(taskId).toBe('calf');
    expect(api.received.map(({ url }) => url)).toEqual(['/tasks/whale', '/tasks/calf']);
  });

  it('rejects with TaskFailed, whose message has no text of Aspose', async () => {
    const record = aTerminalRecord({
      taskId: 'whale',
      outcome: 'Failed',
      reason: 'RecognitionError',
      messages: ['secret words'],
    });
    const api = await listen(replyWithJson(record));

    const error = await quickClient(api.baseUrl)
      .wait('whale')
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(TaskFailed);
    expect(error).toMatchObject({
      name: 'TaskFailed',
      message: 'The task whale ended as Failed (RecognitionError)',
      outcome: 'Failed',
      reason: 'RecognitionError',
      messages: ['secret words'],
      task: { taskId: 'whale' },
    });
  });

  it('rejects with WaitTimedOut, which names the task', async () => {
    const api = await listen(collecting);

    const error = await quickClient(api.baseUrl)
      .wait('whale', { timeoutSeconds: 0.05 })
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(WaitTimedOut);
    expect(error).toMatchObject({
      name: 'WaitTimedOut',
      taskId: 'whale',
      timeoutSeconds: 0.05,
      message: 'No end of task whale within 0.05 s',
    });
  });

  it('rejects with the reason of the signal, and leaves no listener', async () => {
    const api = await listen(hang);
    const abort = new AbortController();
    const waiting = quickClient(api.baseUrl).wait('whale', { signal: abort.signal });
    const reason = new Error('no longer needed');
    setTimeout(() => abort.abort(reason), 20);

    await expect(waiting).rejects.toBe(reason);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('sends nothing when the signal is already aborted', async () => {
    const api = await listen(completed);
    const signal = AbortSignal.abort('too late');

    await expect(quickClient(api.baseUrl).wait('whale', { signal })).rejects.toBe('too late');
    expect(api.received).toEqual([]);
  });

  it('refuses a timeout that is no time', async () => {
    await expect(quickClient('http://127.0.0.1').wait('whale', { timeoutSeconds: -1 })).rejects.toThrow(
      'timeoutSeconds: got -1; allowed: a number from 0',
    );
  });
});

describe('a request', () => {
  it.each([429, 503])('is repeated after Retry-After when the response is %i', async (status) => {
    const api = await listen(inTurn(replyWith(status, '{}', { 'retry-after': '0' }), completed));

    await expect(quickClient(api.baseUrl).read('whale')).resolves.toMatchObject({ taskId: 'whale' });
    expect(api.received).toHaveLength(2);
  });

  it('is sent five times at most', async () => {
    const api = await listen(replyWith(429, '{"message":"Too Many Requests"}', { 'retry-after': '0' }));

    await expect(quickClient(api.baseUrl).cancel('whale')).rejects.toMatchObject({
      name: 'ApiProblem',
      status: 429,
      title: 'Too Many Requests',
      retryAfterSeconds: 0,
    });
    expect(api.received).toHaveLength(5);
  });

  it('is not repeated when Retry-After is longer than a minute', async () => {
    const api = await listen(replyWith(503, '{}', { 'retry-after': '61' }));

    await expect(quickClient(api.baseUrl).read('whale')).rejects.toMatchObject({ retryAfterSeconds: 61 });
    expect(api.received).toHaveLength(1);
  });

  it('is repeated after a network fault if it only reads', async () => {
    const api = await listen(inTurn((response) => response.destroy(), completed));

    await expect(quickClient(api.baseUrl).read('whale')).resolves.toMatchObject({ taskId: 'whale' });
  });

  it('is not repeated after a network fault if it changes something', async () => {
    const api = await listen((response) => response.destroy());

    await expect(quickClient(api.baseUrl).cancel('whale')).rejects.toThrow(TypeError);
    expect(api.received).toHaveLength(1);
  });

  it('fails when there is no response in time', async () => {
    const api = await listen(hang);

    await expect(quickClient(api.baseUrl, {}, { responseMilliseconds: 30 }).cancel('whale')).rejects.toThrow(
      'No response within 0.03 s',
    );
  });

  it.each(['<html>secret', '', 'null', '"secret"'])(
    'rejects when the body of another server is %j',
    async (body) => {
      const api = await listen(replyWith(200, body));

      const error = await quickClient(api.baseUrl)
        .read('whale')
        .catch((reason: unknown) => reason);

      expect(error).toMatchObject({ name: 'ApiProblem', status: 200, title: 'No response of the HTTP API' });
      expect(inspect(error)).not.toContain('secret');
    },
  );

  it.each(['..', '.', '', 'a/b', '\ud800'])('does not go to another route for the id %j', async (id) => {
    const api = await listen(completed);
    const client = quickClient(api.baseUrl);
    const allowed = '; allowed: 1 to 64 characters of A-Z';

    await expect(client.cancel(id)).rejects.toThrow(`taskId: got ${JSON.stringify(id)}${allowed}`);
    await expect(client.readImage(id)).rejects.toThrow(`imageId: got ${JSON.stringify(id)}${allowed}`);
    await expect(client.batches.cancel(id)).rejects.toThrow(`batchId: got ${JSON.stringify(id)}${allowed}`);
    expect(api.received).toEqual([]);
  });

  it('rejects with the problem of the response', async () => {
    const problem = {
      type: 'urn:ocr-courier:problem:TaskNotFound',
      title: 'There is no such task',
      status: 404,
      detail: 'taskId: there is no task whale, or its record has expired',
      requestId: 'r-1',
    };
    const api = await listen(replyWithJson(problem, 404));

    await expect(quickClient(api.baseUrl).read('whale')).rejects.toMatchObject({
      ...problem,
      name: 'ApiProblem',
      message: problem.detail,
    });
  });
});
