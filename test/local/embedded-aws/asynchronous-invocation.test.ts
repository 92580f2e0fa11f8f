import { expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import { invokeAsynchronously } from '../../../local/embedded-aws/asynchronous-invocation.ts';
import { LambdaFunctionError } from '../../../local/embedded-aws/lambda-function.ts';

const START = '2026-01-01T00:00:00.000Z';
const body = { errorType: 'Error', errorMessage: 'no' };

/** Invokes a function that fails its first invocations, until all retries have ended. */
async function invokeFailing(failures: number, closeAfterSeconds?: number) {
  const clock = new VirtualClock(START);
  const closing = new AbortController();
  if (closeAfterSeconds !== undefined) clock.after(closeAfterSeconds * 1000, () => closing.abort());
  const invokedAtSeconds: number[] = [];
  const invoke = async () => {
    invokedAtSeconds.push((clock.now() - Date.parse(START)) / 1000);
    if (invokedAtSeconds.length <= failures) throw new LambdaFunctionError(body);
  };
  const ending = async () => {};
  const lambdaFunction = { arn: 'arn:f', invoke, invokeWhenFree: invoke, kill: ending, end: ending };
  const messages: { to: string; message: unknown }[] = [];
  const to = (name: string) => async (message: unknown) => void messages.push({ to: name, message });

  await invokeAsynchronously(
    lambdaFunction,
    { n: 1 },
    { clock, signal: closing.signal, onFailure: to('destination'), deadLetter: to('dead-letter queue') },
  );
  return { invokedAtSeconds, messages };
}

it('retries a failed invocation after one minute and after two more', async () => {
  expect(await invokeFailing(2)).toEqual({ invokedAtSeconds: [0, 60, 180], messages: [] });
});

it('sends a failed event to the dead-letter queue, and its record to the destination', async () => {
  const { invokedAtSeconds, messages } = await invokeFailing(9);

  expect(invokedAtSeconds).toEqual([0, 60, 180]);
  expect(messages).toEqual([
    { to: 'dead-letter queue', message: { n: 1 } },
    {
      to: 'destination',
      message: {
        version: '1.0',
        timestamp: '2026-01-01T00:03:00.000Z',
        requestContext: {
          requestId: expect.any(String),
          functionArn: 'arn:f:$LATEST',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { n: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: body,
      },
    },
  ]);
});

it('stops waiting for a retry when the stack closes', async () => {
  expect(await invokeFailing(9, 30)).toEqual({ invokedAtSeconds: [0], messages: [] });
});
