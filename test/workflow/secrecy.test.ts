import { expect, it } from 'vitest';
import { startTestCourier } from '../support/courier.ts';
import { base64 } from '../support/responses.ts';

it('keeps secrets, tokens and document text out of logs, events, records and execution histories', async () => {
  const credentials = { clientId: 'canary-client-id', clientSecret: 'canary-client-secret' };
  await using courier = await startTestCourier({ secret: JSON.stringify(credentials) });
  courier.simulator.scriptToken([
    { httpStatus: 200, body: JSON.stringify({ access_token: 'canary-token', expires_in: 3600 }) },
  ]);
  // The scripted token is not one of the simulator's, so the tasks are answered word for word.
  const answer = (data: string) => ({
    httpStatus: 200,
    body: JSON.stringify({ taskStatus: 'Completed', results: [{ type: 'Text', data }] }),
  });
  const trial = { operation: 'RecognizeImageTrial' };
  courier.simulator.script('good', [answer(base64('canary-document'))]);
  courier.simulator.script('bad', [answer(`${base64('canary-document')}!`)]);
  courier.simulator.script('garbled', [{ httpStatus: 200, body: '{"results":[{"data":"canary-document' }]);

  const ends = [
    await courier.collect({ taskId: 'good', ...trial }),
    await courier.collect({ taskId: 'bad', ...trial }),
    await courier.collect({ taskId: 'garbled', ...trial }),
    await courier.collect({ taskId: 'regular' }),
    await courier.collect({ taskId: 'canary-token in the wrong field' }),
    await courier.collect({ taskId: 'ok', accessToken: 'canary-token' }),
  ];

  const seen = [
    ...courier.logs,
    JSON.stringify(courier.events.filter(({ source }) => source === 'ocr-courier')),
    // What the last two callers sent themselves is in their own input, and nowhere else.
    ...ends.map(({ execution: { input: _, history, ...execution }, record }) =>
      JSON.stringify({
        execution,
        record,
        outputs: history.map(({ output, error, cause }) => [output, error, cause]),
      }),
    ),
  ].join('\n');
  for (const canary of ['canary-client-id', 'canary-client-secret', 'canary-token', 'canary-document']) {
    expect(seen).not.toContain(canary);
    expect(seen).not.toContain(base64(canary).replace(/=+$/, ''));
  }
  expect(ends[0]?.record?.outcome).toBe('Completed');
});
