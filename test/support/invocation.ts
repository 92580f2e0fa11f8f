import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { onTestFinished, vi } from 'vitest';
import { METRICS_NAMESPACE } from '../../functions/contracts/metric-names.ts';

/** Builds the context of an invocation that has five minutes left. */
export function aContext(details: Partial<Context> = {}): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:function',
    memoryLimitInMB: '256',
    awsRequestId: 'request',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => 300_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
    ...details,
  };
}

/** Creates a logger and metrics, and captures the console until the test ends. */
export function captureLogs() {
  // Powertools then writes logs and metrics to the console.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const written: string[] = [];
  const spies = (['debug', 'info', 'log', 'warn', 'error'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation((...texts: unknown[]) => {
      written.push(texts.map(String).join(' '));
    }),
  );
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  });
  const entries = () => written.map((text): Record<string, unknown> => JSON.parse(text));
  return {
    logger: new Logger({ serviceName: 'test' }),
    metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'test' }),
    text: () => written.join('\n'),
    /** Everything that was written: log lines and metrics. */
    entries,
    logged: () => entries().filter((entry) => 'level' in entry),
    /** Returns the names and values of the metrics. */
    counted: () =>
      Object.fromEntries(
        entries()
          .filter((entry) => '_aws' in entry)
          .flatMap((entry) =>
            Object.entries(entry).filter(
              ([name]) => /^[A-Z]/.test(name) || name === 'outcome' || name === 'reason',
            ),
          ),
      ),
  };
}
