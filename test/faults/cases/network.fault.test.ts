import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { newTaskId } from '../../support/courier.ts';
import { listen, replyWith } from '../../support/loopback-server.ts';
import { completed, pending } from '../../support/responses.ts';
import { completedBody, faultyCourierForAll, startFaultyCourier, WHALE } from '../layers/faulty-courier.ts';
import { bytesThenSilence, drip, withHeaders, withLength } from '../layers/raw-replies.ts';
import { type RawReply, TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { expectSound } from './expect-sound.ts';
import { expectSoundUnder } from './fault-case.ts';

const whale = completed(WHALE);
const body = completedBody(WHALE);
const CHUNKED = ['transfer-encoding: chunked'];

describe('a redirect', async () => {
  const courier = await faultyCourierForAll();

  it.each([300, 301, 302, 303, 304, 305, 307, 308])(
    'H12 S3: is not followed when a fetch gets HTTP %i',
    async (httpStatus) => {
      const { baseUrl, received } = await listen(replyWith(200, body));

      await expectSoundUnder(courier, {
        responses: [{ httpStatus, headers: { location: `${baseUrl}/v5.0/ocr/RecognizeImage` } }],
        expected: { outcome: 'Failed', reason: 'ContractViolation', attempts: 3, fetches: 3 },
      });
      expect(received).toEqual([]);
    },
  );

  it.each([302, 307, 308])(
    'H12 S3: is not followed when a token request gets HTTP %i',
    async (httpStatus) => {
      const { baseUrl, received } = await listen(replyWith(200, body));
      await courier.stack.killFunctions();
      courier.scriptToken([{ httpStatus, headers: { location: `${baseUrl}/connect/token` } }, { grant: {} }]);

      await expectSoundUnder(courier, {
        responses: [whale],
        expected: { outcome: 'Completed', attempts: 2, fetches: 1, documents: [WHALE] },
      });
      expect(received).toEqual([]);
    },
  );
});

it.each([
  // The resolver refuses a label of more than 63 characters without a query.
  ['host name is unknown', `https://${'a'.repeat(64)}.test`, /ENOTFOUND|EAI_/],
  ['port is closed', 'http://127.0.0.1:1', /ECONNREFUSED|bad port/],
])('H9: a task ends as Failed when the %s, with and without a token', async (_, baseUrl, detail) => {
  await using courier = await startFaultyCourier({ environment: { ASPOSE_BASE_URL: baseUrl } });

  for (const operation of ['RecognizeImage', 'RecognizeImageTrial']) {
    const input = { taskId: newTaskId(), operation };
    const collected = await courier.collect(input);

    await expectSound(courier, input, collected, {
      outcome: 'Failed',
      reason: 'UpstreamUnavailable',
      attempts: 12,
      fetches: 0,
    });
    expect(collected.record?.messages.join()).toMatch(detail);
  }
});

/** Concurrent, because timeouts take real time. The shortest timeout of a poll is ten seconds. */
describe.concurrent('a poll', () => {
  const input = { polling: { timeoutSeconds: 10 } };
  const expected = { outcome: 'Completed', documents: [WHALE], attempts: 2 } as const;

  it.for<[string, RawReply]>([
    ['the whole response is missing', bytesThenSilence()],
    ['the headers stop', bytesThenSilence('HTTP/1.1 200 OK\r\ncontent-')],
    ['the body is missing', bytesThenSilence(withLength('', body.length))],
    ['the body stops', bytesThenSilence(withLength(body.slice(0, 40), body.length))],
    [
      'the last chunk is missing',
      bytesThenSilence(withHeaders(CHUNKED, `${body.length.toString(16)}\r\n${body}\r\n`)),
    ],
    ['the headers never end', drip('HTTP/1.1 200 OK\r\n', 'x: y\r\n')],
    ['102 Processing repeats', drip('', 'HTTP/1.1 102 Processing\r\n\r\n')],
    ['the white space never ends', drip(withHeaders(CHUNKED), '1\r\n \r\n')],
    [
      'the data never ends',
      drip(
        withHeaders(CHUNKED, '1b\r\n{"taskStatus":"Completed",\r\n15\r\n"results":[{"data":"Q\r\n'),
        '4\r\nQUJD\r\n',
      ),
    ],
  ])('H9: times out and is repeated when %s', async ([, reply]) => {
    await using courier = await startFaultyCourier();
    const begun = performance.now();

    await expectSoundUnder(courier, { responses: [reply, whale], input, expected });

    expect(performance.now() - begun).toBeLessThan(40_000);
  });

  it('H9: completes without a fault when Aspose holds the response for 75 s', async () => {
    await using courier = await startFaultyCourier();
    const held: RawReply = (socket) => {
      setTimeout(() => socket.end(withLength(body)), 75_000);
    };

    await expectSoundUnder(courier, {
      responses: [held],
      expected: { outcome: 'Completed', documents: [WHALE], attempts: 1, fetches: 1, record: { faults: 0 } },
    });
  });

  it('H9: times out when the port accepts no connection', async ({ onTestFinished: atEnd }) => {
    const { port, close } = await startDeafPort();
    atEnd(close);
    await using courier = await startFaultyCourier({
      environment: { ASPOSE_BASE_URL: `http://127.0.0.1:${port}` },
    });
    const polling = { timeoutSeconds: 10, maxPolls: 2 };
    const trial = { taskId: newTaskId(), operation: 'RecognizeImageTrial', polling };

    const collected = await courier.collect(trial);

    await expectSound(courier, trial, collected, {
      outcome: 'Failed',
      reason: 'UpstreamUnavailable',
      attempts: 2,
      fetches: 0,
    });
    expect(collected.record?.messages.join()).toMatch(/no response within 10 s/);
  });

  it.for<[string, RawReply]>([
    ['is missing', bytesThenSilence()],
    ['stops', bytesThenSilence(withLength('{"access_token":"', 100))],
    ['never ends', drip(withHeaders(CHUNKED), '1\r\n \r\n')],
  ])('H5: times out and is repeated when the token response %s', async ([, reply]) => {
    await using courier = await startFaultyCourier();
    courier.scriptToken([reply, { grant: {} }]);

    await expectSoundUnder(courier, { responses: [whale], input, expected });

    expect(courier.front.requestsFor(TOKEN_ENDPOINT)).toHaveLength(2);
  });
});

it('H6: many simultaneous polls request one token for each environment of the function', async () => {
  await using courier = await startFaultyCourier();

  await Promise.all(
    Array.from({ length: 48 }, () =>
      expectSoundUnder(courier, {
        responses: [pending, whale],
        expected: { outcome: 'Completed', documents: [WHALE] },
      }),
    ),
  );

  // The embedded Lambda runs at most 16 environments of a function.
  expect(courier.front.requestsFor(TOKEN_ENDPOINT).length).toBeLessThanOrEqual(16);
});

/**
 * Fills the connection queue of a port that never accepts, so that the system ignores further
 * connections.
 */
async function startDeafPort() {
  const owner = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen(0, '127.0.0.1', 1, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const [port]: unknown[] = await once(owner, 'message');
  const queued = Array.from({ length: 8 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
  return {
    port,
    async close() {
      for (const socket of queued) socket.destroy();
      await owner.terminate();
    },
  };
}
