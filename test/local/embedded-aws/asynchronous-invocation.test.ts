import { expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import { invokeAsynchronously } from '../../../local/embedded-aws/asynchronous-invocation.ts';
import { type LambdaFunction, LambdaFunctionError } from '../../../local/embedded-aws/lambda-function.ts';

const START = '2026-01-01T00:00:00.000Z';
const body = { errorType: 'Error', errorMessage: 'no' };

/** A function that fails its first invocations, and the times of all invocations. */
function failing(times: number, clock: VirtualClock) {
  const invokedAtSeconds: number[] = [];
  const invoke = async () => {
    invokedAtSeconds.push((clock.now() - Date.parse(START)) / 1000);
    if (invokedAtSeconds.length <= times) throw new LambdaFunctionError(body);
  };
  const lambdaFunction: LambdaFunction = {
    arn: 'arn:f',
    invoke,
    invokeWhenFree: invoke,
    kill: async () => {},
    end: async () => {},
  };
  return { lambdaFunction, invokedAtSeconds };
}

function destinations() {
  const messages: { to: string; message: unknown }[] = [];
  const to = (name: string) => async (message: unknown) => void messages.push({ to: name, message });
  return { messages, onFailure: to('destination'), deadLetter: to('dead-letter queue') };
}

const { signal } = new AbortController();

it('retries a failed invocation after one minute and after two more', async () => {
  const clock = new VirtualClock(START);
  const { lambdaFunction, invokedAtSeconds } = failing(2, clock);
  const { messages, ...sinks } = destinations();

  await invokeAsynchronously(lambdaFunction, {}, { clock, signal, retryAttempts: 2, ...sinks });

  expect(invokedAtSeconds).toEqual([0, 60, 180]);
  expect(messages).toEqual([]);
});

it('sends a failed event to the dead-letter queue, and its record to the destination', async () => {
  const clock = new VirtualClock(START);
  const { lambdaFunction, invokedAtSeconds } = failing(9, clock);
  const { messages, ...sinks } = destinations();

  await invokeAsynchronously(lambdaFunction, { n: 1 }, { clock, signal, retryAttempts: 1, ...sinks });

  expect(invokedAtSeconds).toEqual([0, 60]);
  expect(messages).toEqual([
    { to: 'dead-letter queue', message: { n: 1 } },
    {
      to: 'destination',
      message: {
        version: '1.0',
        timestamp: '2026-01-01T00:01:00.000Z',
        requestContext: {
          requestId: expect.any(String),
          functionArn: 'arn:f:$LATEST',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 2,
        },
        requestPayload: { n: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: body,
      },
    },
  ]);
});

it('invokes once without retries', async () => {
  const clock = new VirtualClock(START);
  const { lambdaFunction, invokedAtSeconds } = failing(9, clock);

  const options = { clock, signal, retryAttempts: 0, onFailure: undefined, deadLetter: undefined };
  await invokeAsynchronously(lambdaFunction, {}, options);

  expect(invokedAtSeconds).toEqual([0]);
});

it('stops waiting for a retry when the stack closes', async () => {
  const clock = new VirtualClock(START);
  const { lambdaFunction, invokedAtSeconds } = failing(9, clock);
  const { messages, ...sinks } = destinations();
  const closing = new AbortController();
  clock.after(30_000, () => closing.abort());

  await invokeAsynchronously(
    lambdaFunction,
    {},
    { clock, signal: closing.signal, retryAttempts: 2, ...sinks },
  );

  expect(invokedAtSeconds).toEqual([0]);
  expect(messages).toEqual([]);
});
