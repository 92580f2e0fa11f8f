import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { quickClient } from '../support/api-client.ts';
import { aRecord, aTerminalRecord } from '../support/builders.ts';
import { listen, type Reply, replyWith, replyWithJson } from '../support/loopback-server.ts';
import { reproducible } from '../support/reproducible.ts';
import { until } from '../support/until.ts';

/** What the network and the API can do to a request. */
const REPLIES: Readonly<Record<string, Reply>> = {
  collecting: replyWithJson(aRecord()),
  completed: replyWithJson(aTerminalRecord()),
  failed: replyWithJson(aTerminalRecord({ outcome: 'Failed', reason: 'RecognitionError' })),
  reset: (response) => response.destroy(),
  'half a body': (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"taskId":');
    setTimeout(() => response.destroy(), 2);
  },
  'a body that never ends': (response) => void response.writeHead(200).write('{'),
  'no response': () => {},
  'no JSON': replyWith(200, 'whale'),
  throttled: replyWith(429, '{}', { 'retry-after': '0' }),
  'internal error': replyWith(500, 'oh'),
  'a redirect': replyWith(302, '', { location: 'http://127.0.0.1:9/' }),
};

const endings = fc.oneof(
  fc.record({ kind: fc.constant('none' as const), milliseconds: fc.constant(0) }),
  fc.record({ kind: fc.constantFrom('abort' as const, 'timeout' as const), milliseconds: fc.nat(40) }),
);

it('any abort, timeout or network fault during wait leaves no open request and no unhandled rejection', async () => {
  let replies: readonly string[] = [];
  const open = new Set<ServerResponse>();
  const api = await listen((response, request) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    const [next = 'completed', ...rest] = replies;
    replies = rest;
    REPLIES[next]?.(response, request);
  });
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(REPLIES)), { maxLength: 8 }),
      endings,
      async (drawn, { kind, milliseconds }) => {
        replies = drawn;
        const abort = new AbortController();
        const reason = new Error('aborted by the caller');
        const timer = kind === 'abort' ? setTimeout(() => abort.abort(reason), milliseconds) : undefined;

        const ended = await quickClient(api.baseUrl, {}, { responseMilliseconds: 15 })
          .wait('whale', {
            signal: abort.signal,
            timeoutSeconds: kind === 'timeout' ? milliseconds / 1000 : 5,
          })
          .catch((error: unknown) => error);

        clearTimeout(timer);
        if (abort.signal.aborted && ended instanceof Error) expect(ended).toBe(reason);
        if (kind === 'timeout' && Object(ended).name === 'WaitTimedOut') {
          expect(ended).toMatchObject({ taskId: 'whale' });
        }
        expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
        await until('the end of every request', { seconds: 5, everyMilliseconds: 2 }, async () =>
          open.size === 0 ? true : undefined,
        );
        // Node.js reports an unhandled rejection after the microtasks of this turn.
        await new Promise((resolve) => setImmediate(resolve));
        expect(unhandled).toEqual([]);
      },
    ),
    { numRuns: 80, ...reproducible() },
  );
});
