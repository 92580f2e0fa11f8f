import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { METRICS } from '../contracts/metric-names.ts';
import { parseExecutionInput } from '../core/execution-input.ts';
import { fetchResult } from '../core/fetch-result.ts';
import type { FetchResultOutput } from '../core/fetch-result-output.ts';
import type { PollingOverrides } from '../core/polling-policy.ts';
import type { FetchResultPorts, PollReport } from '../core/ports.ts';
import { countOutcome, publishMetrics } from '../handlers/outcome-metrics.ts';

/** What the state machine sends: its own input, unchecked, and who it is. */
export interface FetchResultEvent {
  readonly input: unknown;
  readonly executionArn: string;
  /** ISO 8601. */
  readonly executionStartedAt: string;
}

export interface FetchResultDependencies {
  readonly ports: Omit<FetchResultPorts, 'remainingSeconds' | 'onPoll' | 'onPause'>;
  /** The stack's polling configuration. */
  readonly polling: PollingOverrides;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Frees what an invocation has left behind, however it ended. */
  readonly release: () => void;
}

/** No wait of the policy's is longer: each task is polled once, at least, in its last two hours. */
const NEAR_EXPIRY_SECONDS = 2 * 60 * 60;

/** Whether a task that waits for its next poll has little time left, or none once it gets there, as Retry-After may ask. */
function isNearExpiry({ expiresInSeconds, nextPollSeconds }: PollReport): boolean {
  if (nextPollSeconds === undefined) return false;
  return expiresInSeconds <= NEAR_EXPIRY_SECONDS || expiresInSeconds - nextPollSeconds <= 1;
}

/** The state machine's one Lambda: checks its input, runs the use case, logs and counts what came of it. */
export function createHandler({ ports, polling, logger, metrics, release }: FetchResultDependencies) {
  async function handle(event: FetchResultEvent, context: Context): Promise<FetchResultOutput> {
    const input = parseExecutionInput(event.input, ports.now());
    logger.appendKeys({ taskId: input.taskId, operation: input.operation });
    const claimant = { executionArn: event.executionArn, startedAt: Date.parse(event.executionStartedAt) };
    const output = await fetchResult(input, claimant, polling, {
      ...ports,
      remainingSeconds: () => context.getRemainingTimeInMillis() / 1000,
      onPoll: (report) => {
        logger.info('Polled', { ...report });
        if (isNearExpiry(report)) metrics.addMetric(METRICS.tasksNearExpiry, MetricUnit.Count, 1);
      },
      onPause: (expiresInSeconds) => {
        logger.info('Polling is paused', { expiresInSeconds });
        metrics.addMetric(METRICS.pollsPaused, MetricUnit.Count, 1);
        // A pause that was forgotten would lose the task in silence.
        if (expiresInSeconds <= NEAR_EXPIRY_SECONDS)
          metrics.addMetric(METRICS.tasksNearExpiry, MetricUnit.Count, 1);
      },
    });
    if ('outcome' in output) {
      const { outcome, publish, detail } = output;
      const end = { outcome, reason: detail.reason, attempts: detail.attempts };
      // A task ends once, however many executions joined its collection: who counts ends in the log counts one.
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
        // The runtime passes the error on to the state machine.
        logger.error('Fetch result failed', { error });
      },
    })
    .handler(handle);
}
