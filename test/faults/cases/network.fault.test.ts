import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { newTaskId } from '../../support/courier.ts';
import {
  completed,
  completedBody,
  document,
  type FaultyCourier,
  startFaultyCourier,
} from '../layers/faulty-courier.ts';
import { bytesThenSilence, drip, withHeaders, withLength } from '../layers/raw-replies.ts';
import { TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { expectSound } from '../properties/expect-sound.ts';
import { type FaultCase, showFault } from './fault-case.ts';

const whale = completed('whale');
const body = completedBody('whale');
const unavailable = { outcome: 'Failed', reason: 'UpstreamUnavailable', attempts: 12, fetches: 0 } as const;

/** Where a redirect would lead: it must never be asked. */
async function startTrap() {
  const asked: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}` };
}

describe('a redirect', () => {
  let courier: FaultyCourier;
  beforeAll(async () => {
    courier = await startFaultyCourier();
  });
  afterAll(() => courier[Symbol.asyncDispose]());

  it.each([300, 301, 302, 303, 304, 305, 307, 308])(
    'H12: %i is not followed, least of all with the token',
    async (httpStatus) => {
      const { asked, url } = await startTrap();

      await showFault(courier, {
        row: 'H12',
        when: '',
        answers: [{ httpStatus, headers: { location: `${url}/v5.0/ocr/RecognizeImage` } }],
        expected: { outcome: 'Failed', reason: 'ContractViolation', attempts: 3, fetches: 3 },
      });
      expect(asked).toEqual([]);
    },
  );

  it.each([302, 307, 308])(
    'H12: %i of the token endpoint is not followed, as the secret is in its body',
    async (httpStatus) => {
      const { asked, url } = await startTrap();
      await courier.stack.killFunctions();
      courier.answerToken([{ httpStatus, headers: { location: `${url}/connect/token` } }, { grant: {} }]);

      await showFault(courier, {
        row: 'H12',
        when: '',
        answers: [whale],
        expected: { outcome: 'Completed', attempts: 2, fetches: 1, documents: [document('whale')] },
      });
      expect(asked).toEqual([]);
    },
  );
});

describe('Aspose cannot be reached', () => {
  it.each([
    // A label longer than 63 characters: refused by the resolver itself, with no question to the network.
    ['its name cannot be resolved', `http://${'a'.repeat(64)}.test`, /ENOTFOUND|EAI_/],
    ['its port is closed', 'http://127.0.0.1:1', /ECONNREFUSED|bad port/],
  ])('H9: %s, with token and without', async (_, baseUrl, detail) => {
    await using courier = await startFaultyCourier({ environment: { ASPOSE_BASE_URL: baseUrl } });

    for (const operation of ['RecognizeImage', 'RecognizeImageTrial']) {
      const input = { taskId: newTaskId(), operation };
      const collected = await courier.collect(input);

      await expectSound(courier, input, collected, unavailable);
      expect(collected.record?.messages.join()).toMatch(detail);
    }
  });
});

/**
 * Time limits are the machine's, and the clock of a courier stands still meanwhile: all of these wait together, and
 * ten seconds is the least that a poll gets.
 */
describe.concurrent('a silence ends in time', () => {
  const input = { polling: { timeoutSeconds: 10 } };
  const expected = { outcome: 'Completed', documents: [document('whale')], attempts: 2 } as const;
  const slow: readonly Omit<FaultCase, 'row' | 'input' | 'expected'>[] = [
    { when: 'before anything', answers: [bytesThenSilence(), whale] },
    { when: 'within the headers', answers: [bytesThenSilence('HTTP/1.1 200 OK\r\ncontent-'), whale] },
    { when: 'after the headers', answers: [bytesThenSilence(withLength('', body.length)), whale] },
    {
      when: 'within the body',
      answers: [bytesThenSilence(withLength(body.slice(0, 40), body.length)), whale],
    },
    {
      when: 'before the last chunk',
      answers: [
        bytesThenSilence(
          withHeaders(['transfer-encoding: chunked'], `${body.length.toString(16)}\r\n${body}\r\n`),
        ),
        whale,
      ],
    },
    { when: 'with headers that drip for ever', answers: [drip('HTTP/1.1 200 OK\r\n', 'x: y\r\n'), whale] },
    { when: 'with 102 Processing for ever', answers: [drip('', 'HTTP/1.1 102 Processing\r\n\r\n'), whale] },
    {
      when: 'with a body that drips for ever',
      answers: [drip(withHeaders(['transfer-encoding: chunked']), '1\r\n \r\n'), whale],
    },
    {
      when: 'with data that drips for ever',
      answers: [
        drip(
          withHeaders(
            ['transfer-encoding: chunked'],
            '1b\r\n{"taskStatus":"Completed",\r\n15\r\n"results":[{"data":"Q\r\n',
          ),
          '4\r\nQUJD\r\n',
        ),
        whale,
      ],
    },
  ];

  it.for(slow)('H9: $when', async ({ when, answers }) => {
    await using courier = await startFaultyCourier();
    const begun = performance.now();

    await showFault(courier, { row: 'H9', when, answers, input, expected });

    expect(performance.now() - begun).toBeLessThan(40_000);
  });

  it('H9: of a listening port that takes no connection', async ({ onTestFinished: atEnd }) => {
    const { port, close } = await startDeafPort();
    atEnd(close);
    await using courier = await startFaultyCourier({
      environment: { ASPOSE_BASE_URL: `http://127.0.0.1:${port}` },
    });

    const whole = {
      taskId: newTaskId(),
      operation: 'RecognizeImageTrial',
      polling: { timeoutSeconds: 10, maxPolls: 2 },
    };
    const collected = await courier.collect(whole);

    await expectSound(courier, whole, collected, {
      outcome: 'Failed',
      reason: 'UpstreamUnavailable',
      attempts: 2,
      fetches: 0,
    });
    expect(collected.record?.messages.join()).toMatch(/no response within 10 s/);
  });

  it.for([
    ['before anything', bytesThenSilence()],
    ['within its answer', bytesThenSilence(withLength('{"access_token":"', 100))],
    ['as it drips for ever', drip(withHeaders(['transfer-encoding: chunked']), '1\r\n \r\n')],
  ] as const)('H5: of the token endpoint, %s', async ([, reply]) => {
    await using courier = await startFaultyCourier();
    courier.answerToken([reply, { grant: {} }]);

    await showFault(courier, { row: 'H5', when: '', answers: [whale], input, expected });

    expect(courier.front.requestsFor(TOKEN_ENDPOINT)).toHaveLength(2);
  });
});

describe('many polls need a token at the same moment', () => {
  it('H6: one token request for each environment of the function', async () => {
    await using courier = await startFaultyCourier();
    const taskIds = Array.from({ length: 48 }, newTaskId);
    for (const taskId of taskIds) courier.answer(taskId, [{ taskStatus: 'Pending' }, whale]);

    const ends = await Promise.all(taskIds.map((taskId) => courier.collect({ taskId })));

    // The embedded Lambda gives a function sixteen.
    expect(courier.front.requestsFor(TOKEN_ENDPOINT).length).toBeLessThanOrEqual(16);
    for (const [index, taskId] of taskIds.entries()) {
      const collected = ends[index];
      if (collected === undefined) throw new Error('an end is missing');
      await expectSound(courier, { taskId }, collected, {
        outcome: 'Completed',
        documents: [document('whale')],
      });
    }
  });
});

/** A port whose owner listens and never accepts, with a queue that is full: the system answers nobody any more. */
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
