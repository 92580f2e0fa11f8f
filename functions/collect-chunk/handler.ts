import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type ChunkProgress, collectChunkEventSchema } from '../contracts/collect-batch.ts';
import { METRICS } from '../contracts/metric-names.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';
import { type CollectChunkPorts, collectChunk } from '../core/batch/collect-chunk.ts';
import { parseInput } from '../core/invalid-input.ts';
import { isNearExpiry, NEAR_EXPIRY_SECONDS } from '../core/near-expiry.ts';
import { countOutcomes, countRefusal, publishMetrics } from '../handlers/outcome-metrics.ts';

export interface CollectChunkDependencies {
  readonly ports: Omit<
    CollectChunkPorts,
    'remainingSeconds' | 'onPoll' | 'onUpload' | 'onTaskEnded' | 'onItemError' | 'onPause' | 'tag'
  >;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Handles the state `Collect chunk`: runs the use case, and logs and counts what it did. */
export function createHandler({ ports, logger, metrics }: CollectChunkDependencies) {
  async function handle(received: unknown, context: Context): Promise<ChunkProgress> {
    const event = parseInput(collectChunkEventSchema, received);
    const { batchId, chunk } = event;
    logger.appendKeys({ batchId, chunk: chunk.n });
    const ended: TaskEventDetail[] = [];
    const collecting = collectChunk(event, {
      ...ports,
      // Two invocations of one chunk must not write the same object.
      tag: context.awsRequestId.slice(0, 8),
      remainingSeconds: () => context.getRemainingTimeInMillis() / 1000,
      onPoll: (report) => {
        // Most polls find an unfinished task. Their log lines would cost more than the polls.
        if (report.detail !== undefined) logger.info('Polled', { ...report });
        if (isNearExpiry(report)) metrics.addMetric(METRICS.tasksNearExpiry, MetricUnit.Count, 1);
      },
      onUpload: (report) => {
        logger.info('Uploaded', { ...report });
        metrics.addMetric(METRICS.uploads, MetricUnit.Count, 1);
        if (report.observed === 'Unknown') metrics.addMetric(METRICS.ambiguousUploads, MetricUnit.Count, 1);
      },
      onTaskEnded: (detail) => {
        const { taskId, outcome, reason, attempts } = detail;
        logger.info('Task ended', { taskId, outcome, reason, attempts });
        ended.push(detail);
      },
      async publishRefusal(detail) {
        await ports.publishRefusal(detail);
        countRefusal(metrics, detail);
      },
      onItemError: (item, error) => logger.error('Item failed', { item, error }),
      onPause: (expiresInSeconds) => {
        logger.info('Polling is paused', { expiresInSeconds });
        metrics.addMetric(METRICS.pollsPaused, MetricUnit.Count, 1);
        // Without this metric, a forgotten pause would lose the tasks silently.
        if (expiresInSeconds <= NEAR_EXPIRY_SECONDS)
          metrics.addMetric(METRICS.tasksNearExpiry, MetricUnit.Count, 1);
      },
    });
    try {
      const progress = await collecting;
      logger.info('Chunk polled', { ...progress });
      return progress;
    } finally {
      countOutcomes(metrics, ended);
    }
  }

  return middy<unknown, ChunkProgress>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use({ onError: ({ error }) => logger.error('Collect chunk failed', { error }) })
    .handler(handle);
}
