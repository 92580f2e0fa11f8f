import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { FetchResultEvent, FetchResultOutput } from '../contracts/fetch-result.ts';
import { METRICS } from '../contracts/metric-names.ts';
import { parseExecutionInput } from '../core/execution-input.ts';
import { fetchResult } from '../core/fetch-result.ts';
import { isNearExpiry, NEAR_EXPIRY_SECONDS } from '../core/near-expiry.ts';
import type { PollingOverrides } from '../core/polling-policy.ts';
import type { FetchResultPorts } from '../core/ports.ts';
import { countOutcome, publishMetrics } from '../handlers/outcome-metrics.ts';

export interface FetchResultDependencies {
  readonly ports: Omit<FetchResultPorts, 'remainingSeconds' | 'onPoll' | 'onPause'>;
  /** The stack's polling configuration. */
  readonly polling: PollingOverrides;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Releases temporary files and memory after each invocation, also after a failed one. */
  readonly release: () => void;
}

/**
 * Handles the state `Fetch result`: checks the input, runs the use case, and logs and counts the
 * outcome.
 */
export function createHandler({ ports, polling, logger, metrics, release }: FetchResultDependencies) {
  async function handle(event: FetchResultEvent, context: Context): Promise<FetchResultOutput> {
    const startedAt = Date.parse(event.startedAt);
    const input = parseExecutionInput(event.task, startedAt);
    const { image } = event;
    logger.appendKeys({ taskId: input.taskId, operation: input.operation });
    const claimant = { executionArn: event.executionArn, startedAt };
    const task = { ...input, ...(image !== undefined && { image }) };
    const output = await fetchResult(task, claimant, polling, {
      ...ports,
      remainingSeconds: () => context.getRemainingTimeInMillis() / 1000,
      onPoll: (report) => {
        logger.info('Polled', { ...report });
        if (isNearExpiry(report)) metrics.addMetric(METRICS.tasksNearExpiry, MetricUnit.Count, 1);
      },
      onPause: (expiresInSeconds) => {
        logger.info('Polling is paused', { expiresInSeconds });
        metrics.addMetric(METRICS.pollsPaused, MetricUnit.Count, 1);
        // Without this metric, a forgotten pause would lose the task silently.
        if (expiresInSeconds <= NEAR_EXPIRY_SECONDS)
          metrics.addMetric(METRICS.tasksNearExpiry, MetricUnit.Count, 1);
      },
    });
    if ('outcome' in output) {
      const { outcome, publish, detail } = output;
      const end = { outcome, reason: detail.reason, attempts: detail.attempts };
      // Executions that joined log another message, so that `Task ended` occurs once per task.
      logger.info(publish ? 'Task ended' : 'Joined task had ended', end);
      if (publish) countOutcome(metrics, detail);
    }
    return output;
  }

  return middy<FetchResultEvent, FetchResultOutput>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use({
      after: release,
      onError: ({ error }) => {
        release();
        // The Lambda runtime passes the error on to the state machine.
        logger.error('Fetch result failed', { error });
      },
    })
    .handler(handle);
}
