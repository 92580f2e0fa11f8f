import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type LambdaFunction, LambdaFunctionError } from './lambda-function.ts';

/** Delays of Lambda's two retries (source: the Lambda guide). */
const RETRY_DELAYS_SECONDS = [60, 120] as const;
export const MAX_RETRY_ATTEMPTS = RETRY_DELAYS_SECONDS.length;

export interface AsynchronousInvocationOptions {
  readonly clock: Clock;
  /** Ends the wait for a retry, and further retries. */
  readonly signal: AbortSignal;
  /** `MaximumRetryAttempts` of the function's event invoke configuration: 0 to 2. */
  readonly retryAttempts: number;
  /** The `OnFailure` destination. Receives the record of the failed invocation. */
  readonly onFailure: ((message: unknown) => Promise<void>) | undefined;
  /** The function's own `DeadLetterConfig`. Receives the event only. */
  readonly deadLetter: ((message: unknown) => Promise<void>) | undefined;
}

/**
 * Invokes a function as event sources do. Lambda itself retries failures. An event that fails
 * finally goes to the function's destinations, never to the dead-letter queue of the rule.
 */
export async function invokeAsynchronously(
  lambdaFunction: LambdaFunction,
  event: unknown,
  { clock, signal, retryAttempts, onFailure, deadLetter }: AsynchronousInvocationOptions,
): Promise<void> {
  const requestId = randomUUID();
  const delays = RETRY_DELAYS_SECONDS.slice(0, retryAttempts);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await lambdaFunction.invokeWhenFree(event);
      return;
    } catch (error) {
      if (!(error instanceof LambdaFunctionError)) throw error;
      const delaySeconds = delays[attempt - 1];
      if (delaySeconds === undefined) {
        await deadLetter?.(event);
        await onFailure?.({
          version: '1.0',
          timestamp: new Date(clock.now()).toISOString(),
          requestContext: {
            requestId,
            functionArn: `${lambdaFunction.arn}:$LATEST`,
            condition: 'RetriesExhausted',
            approximateInvokeCount: attempt,
          },
          requestPayload: event,
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: error.body,
        });
        return;
      }
      await clock.sleep(delaySeconds * 1000, signal);
      if (signal.aborted) return;
    }
  }
}
