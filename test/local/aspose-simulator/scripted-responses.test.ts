import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { call, headersFor, requestToken } from '../../support/simulator-client.ts';
import { UNTIL_TEST_HANGS } from '../../support/until.ts';

const clock = new VirtualClock();
let simulator: AsposeSimulator;
beforeAll(async () => {
  simulator = await startAsposeSimulator({ clock, recognizer: fakeRecognizer() });
});
afterAll(() => simulator.close());

const fetchScripted = (taskId: string) => call(simulator, 'RecognizeImageTrial', { query: `?id=${taskId}` });

describe('a scripted task', () => {
  it('gives its responses in order, and repeats the last one', async () => {
    simulator.script('in-order', [
      { taskStatus: 'Pending' },
      { taskStatus: 'Processing' },
      { httpStatus: 503 },
    ]);

    const bodies: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      const response = await fetchScripted('in-order');
      bodies.push(response.ok ? await response.json() : response.status);
    }

    const unfinished = { id: 'in-order', responseStatusCode: 'NotReady', results: null, error: null };
    expect(bodies).toEqual([
      { ...unfinished, taskStatus: 'Pending' },
      { ...unfinished, taskStatus: 'Processing' },
      503,
      503,
    ]);
  });

  it.each([
    ['Pending', 'NotReady'],
    ['Processing', 'NotReady'],
    ['Completed', 'Ok'],
    ['Error', 'Error'],
    ['NotExist', 'TaskNotFound'],
    ['Paused', null],
    [null, null],
  ])('has by default, for the status %s, the code %s', async (taskStatus, responseStatusCode) => {
    simulator.script('code', [{ taskStatus }]);

    expect(await (await fetchScripted('code')).json()).toMatchObject({ taskStatus, responseStatusCode });
  });

  it('sends the fields of its script unchanged', async () => {
    const envelope = {
      id: 'another',
      taskStatus: 'Completed',
      responseStatusCode: 'ResultDataLost',
      results: [{ type: null, data: '!' }],
      error: { messages: ['low quality'], warnings: null },
    };
    simulator.script('exact', [envelope]);

    expect(await (await fetchScripted('exact')).text()).toBe(JSON.stringify(envelope));
  });

  it('can be fetched through every operation, and through GetTaskStatus without its results', async () => {
    const results = [{ type: 'Text', data: 'QUJD' }];
    simulator.script('everywhere', [{ taskStatus: 'Completed', results }]);
    const headers = await headersFor(simulator, 'RecognizePdf');
    const url = `${simulator.baseUrl}/v5.0/ocr`;

    const pdf = await fetch(`${url}/RecognizePdf?id=everywhere`, { headers });
    const status = await fetch(`${url}/Utilities/GetTaskStatus?id=everywhere`, { headers });

    expect(await pdf.json()).toMatchObject({ taskStatus: 'Completed', results });
    expect(await status.json()).toMatchObject({ taskStatus: 'Completed', results: null });
  });

  it('requires authorization', async () => {
    simulator.script('guarded', [{ taskStatus: 'Pending' }]);

    expect((await fetch(`${simulator.baseUrl}/v5.0/ocr/RecognizeImage?id=guarded`)).status).toBe(401);
  });

  it('is NotExist after it was cancelled', async () => {
    simulator.script('cancelled', [{ taskStatus: 'Pending' }]);

    await call(simulator, 'RecognizeImageTrial', { method: 'DELETE', query: '?id=cancelled' });

    expect(await (await fetchScripted('cancelled')).json()).toMatchObject({ taskStatus: 'NotExist' });
  });

  it('can send a raw HTTP response', async () => {
    const body = Buffer.from([0xff, 0x00, 0x7b]);
    simulator.script('raw', [
      { httpStatus: 429, headers: { 'retry-after': '7', 'content-type': 'text/html' }, body },
    ]);

    const response = await fetchScripted('raw');

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
  });

  it('can be delayed on the clock', async () => {
    simulator.script('late', [{ taskStatus: 'Pending', delaySeconds: 3600 }]);
    const requestedAt = clock.now();

    expect((await fetchScripted('late')).status).toBe(200);
    expect(clock.now()).toBe(requestedAt + 3600_000);
  });

  it('requires at least one response', () => {
    expect(() => simulator.script('empty', [])).toThrow('at least one response');
  });
});

describe('a scripted fault', () => {
  it('reset resets the connection before any response', async () => {
    simulator.script('reset', [{ fault: 'reset' }]);

    await expect(fetchScripted('reset')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it.each([
    ['an envelope', { taskStatus: 'Completed' }],
    ['a large body', { httpStatus: 200, body: 'x'.repeat(5_000_000) }],
  ])('truncate ends %s halfway', async (_, scripted) => {
    simulator.script('truncated', [{ ...scripted, fault: 'truncate' }]);
    const response = await fetchScripted('truncated');
    const length = Number(response.headers.get('content-length'));
    let received = 0;

    const reading = (async () => {
      for await (const chunk of response.body ?? []) received += chunk.byteLength;
    })();

    await expect(reading).rejects.toThrow('terminated');
    expect(received).toBe(Math.floor(length / 2));
  });

  it('stall sends half of the body and nothing more', async () => {
    simulator.script('stalled', [{ httpStatus: 200, body: 'ab', fault: 'stall' }]);
    const response = await fetchScripted('stalled');
    const reader = response.body?.getReader();

    expect((await reader?.read())?.value).toEqual(Uint8Array.of(97));
    await expect(settledSoon(reader?.read())).resolves.toBe(false);
  });

  it('hang sends nothing until the simulator closes', async () => {
    await using own = await startAsposeSimulator({ recognizer: fakeRecognizer() });
    own.script('hanging', [{ fault: 'hang' }]);
    const fetching = call(own, 'RecognizeImageTrial', { query: '?id=hanging' });
    const failure = expect(fetching).rejects.toThrow('fetch failed');
    await vi.waitFor(() => expect(own.requests).toHaveLength(1), UNTIL_TEST_HANGS);

    await expect(settledSoon(fetching)).resolves.toBe(false);
    await own.close();
    await failure;
  });
});

describe('the scripted token endpoint', () => {
  it('gives its responses in order', async () => {
    await using own = await startAsposeSimulator({ recognizer: fakeRecognizer() });
    own.scriptToken([{ httpStatus: 503 }, { grant: { expires_in: undefined } }, { fault: 'reset' }]);

    expect((await requestToken(own)).status).toBe(503);
    expect(await (await requestToken(own)).json()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
    });
    await expect(requestToken(own)).rejects.toThrow('fetch failed');
  });

  it('grants valid tokens, for correct credentials only', async () => {
    await using own = await startAsposeSimulator({ recognizer: fakeRecognizer() });
    own.scriptToken([{ grant: { token_type: 'bearer' } }]);
    const headers = await headersFor(own, 'RecognizeImage');

    expect((await fetch(`${own.baseUrl}/v5.0/ocr/RecognizeImage?id=some`, { headers })).status).toBe(200);
    expect((await requestToken(own, { client_secret: 'wrong' })).status).toBe(400);
  });
});

/** Whether a promise settles within more turns of the event loop than a loopback response takes. */
async function settledSoon(promise: Promise<unknown> | undefined): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise?.then(settle, settle);
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}
