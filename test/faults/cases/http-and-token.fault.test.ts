import { describe, expect, it } from 'vitest';
import { completed } from '../../support/responses.ts';
import { faultyCourierForAll, startFaultyCourier, WHALE } from '../layers/faulty-courier.ts';
import { withHeaders } from '../layers/raw-replies.ts';
import { type RawReply, TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { expectSoundUnder, expectSoundUnderToken } from './fault-case.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { TOKEN_FAULTS } from './token-faults.ts';

const courier = await faultyCourierForAll();

describe('a response to a fetch', () => {
  it.each(HTTP_FAULTS)('$row: ends a task as $expected.outcome after $when', (fault) =>
    expectSoundUnder(courier, fault),
  );

  it.each([
    ['a hundred seconds ahead', 100, { from: 99, to: 130 }],
    ['beyond the deadline', 100 * 365 * 86_400, { from: 895, to: 901 }],
    ['in the past', -3600, { from: 0, to: 30 }],
  ])(
    'H7: delays the next poll within the deadline for a Retry-After date %s',
    async (_, secondsAhead, seconds) => {
      const unavailable: RawReply = (socket) => {
        const date = new Date(courier.clock.now() + secondsAhead * 1000).toUTCString();
        socket.end(withHeaders([`retry-after: ${date}`, 'content-length: 0'], '', '503 Service Unavailable'));
      };

      await expectSoundUnder(courier, {
        responses: [unavailable, completed(WHALE)],
        input: { polling: { timeoutSeconds: 900 } },
        expected: { outcome: 'Completed', documents: [WHALE], attempts: 2, seconds },
      });
    },
  );
});

describe('a fault of an access token', () => {
  it.each(TOKEN_FAULTS)('$row: ends a task as $expected.outcome after $when', (fault) =>
    expectSoundUnderToken(courier, fault),
  );

  it('H4: sends rejected credentials once, however many environments poll at the same time', async () => {
    await using fresh = await startFaultyCourier();
    fresh.scriptToken([{ httpStatus: 400, body: '{"error":"invalid_client"}' }]);

    await Promise.all(
      Array.from({ length: 50 }, () =>
        expectSoundUnder(fresh, {
          responses: [completed(WHALE)],
          expected: { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1, fetches: 0 },
        }),
      ),
    );
    expect(fresh.front.requestsFor(TOKEN_ENDPOINT)).toHaveLength(1);
  });
});
