import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_TOKENS } from '../layers/access-tokens.ts';
import { completed, document, type FaultyCourier, startFaultyCourier } from '../layers/faulty-courier.ts';
import { HTTP_ANSWERS } from '../layers/http-responses.ts';
import { withHeaders } from '../layers/raw-replies.ts';
import { type RawReply, TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { showFault, showTokenFault } from './fault-case.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

describe('an answer to a fetch', () => {
  it.each(HTTP_ANSWERS)('$row: $when', (fault) => showFault(courier, fault));
});

describe('a date in Retry-After', () => {
  it.each([
    ['a hundred seconds ahead', 100, { from: 99, to: 130 }],
    ['a century ahead, past the deadline', 100 * 365 * 86_400, { from: 895, to: 901 }],
    ['an hour ago', -3600, { from: 0, to: 30 }],
  ])('H7: %s', async (when, secondsAhead, seconds) => {
    const later: RawReply = (socket) => {
      const date = new Date(courier.clock.now() + secondsAhead * 1000).toUTCString();
      socket.end(withHeaders([`retry-after: ${date}`, 'content-length: 0'], '', '503 Service Unavailable'));
    };

    await showFault(courier, {
      row: 'H7',
      when,
      answers: [later, completed('whale')],
      input: { polling: { timeoutSeconds: 900 } },
      expected: { outcome: 'Completed', documents: [document('whale')], attempts: 2, seconds },
    });
  });
});

describe('an access token', () => {
  it.each(ACCESS_TOKENS)('$row: $when', (fault) => showTokenFault(courier, fault));

  it('H4: tasks after one whose credentials were rejected do not send them again', async () => {
    await using fresh = await startFaultyCourier();
    fresh.answerToken([{ httpStatus: 400, body: '{"error":"invalid_client"}' }]);

    for (const when of ['the first', 'a second', 'a third']) {
      await showFault(fresh, {
        row: 'H4',
        when,
        answers: [completed('whale')],
        expected: { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1, fetches: 0 },
      });
    }
    expect(fresh.front.requestsFor(TOKEN_ENDPOINT)).toHaveLength(1);
  });
});
