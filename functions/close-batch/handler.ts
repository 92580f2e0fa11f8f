import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { scheduledEventSchema, statusChangeSchema } from '../contracts/close-task.ts';
import {
  type CloseBatchOutput,
  type CloseChunkOutput,
  closeBatchEventSchema,
  closeChunkEventSchema,
  type FailedChunk,
} from '../contracts/collect-batch.ts';
import { METRICS, TASKS_ENDED_BY } from '../contracts/metric-names.ts';
import { type BatchClosing, type ClosingExecution, closeBatch } from '../core/batch/close-batch.ts';
import { closeFailedChunk } from '../core/batch/close-failed-chunk.ts';
import { type ClosedBatch, type SweepBatchesPorts, sweepBatches } from '../core/batch/sweep-batches.ts';
import type { InvalidInput } from '../core/invalid-input.ts';
import { parseJson } from '../core/parse-json.ts';
import type { Published } from '../core/sweep-tasks.ts';
import type { BatchConflict } from '../core/task-errors.ts';
import { countOutcome, countRefusal, publishMetrics } from '../handlers/outcome-metrics.ts';

export interface CloseBatchDependencies {
  readonly ports: Omit<SweepBatchesPorts, 'remainingSeconds' | 'onItemClosed' | 'onStop' | 'onFailure'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type Output = CloseBatchOutput | CloseChunkOutput | undefined;

/** The errors of executions that did nothing: their input is invalid, or the id is in use. */
const REFUSALS: readonly string[] = [
  'InvalidInput' satisfies InvalidInput['name'],
  'BatchConflict' satisfies BatchConflict['name'],
];

/** The state machine asks to close a batch that is not its own. */
export class NothingToCloseError extends Error {
  override readonly name = 'NothingToCloseError';
}

/** Some batches could not be closed by a sweep. Their errors are in the log. */
export class IncompleteBatchSweepError extends Error {
  override readonly name = 'IncompleteBatchSweepError';
}

/**
 * Closes one batch, for the state `Close batch` or for a status-change event, or one chunk, for the
 * state `Close chunk`, or sweeps all batches for the schedule.
 */
export function createHandler({ ports, logger, metrics }: CloseBatchDependencies) {
  async function closeStep(execution: ClosingExecution, context: Context): Promise<BatchClosing> {
    logger.appendKeys({ batchId: execution.batchId });
    const closing = await closeBatch(execution, { ...ports, ...invocationPorts(context) });
    if (closing.kind === 'Unfinished') logger.info('Closed some chunks; others are left');
    if (closing.kind === 'Nothing') logger.info('Nothing to close', { because: closing.because });
    if (closing.kind === 'Closed' && closing.isNew) {
      logger.info('Published the event of the batch', { ...describeClosed(closing) });
      countBatch(closing);
    }
    return closing;
  }

  function invocationPorts(context: Context) {
    return {
      remainingSeconds: () => context.getRemainingTimeInMillis() / 1000,
      onItemClosed: (published: Published) => {
        if (published.kind === 'Refused') countRefusal(metrics, published.detail);
        else countOutcome(metrics, published.detail);
      },
    };
  }

  function countBatch({ detail: { outcome, total, counts } }: ClosedBatch): void {
    const byOutcome = metrics.singleMetric();
    byOutcome.addDimension(TASKS_ENDED_BY.outcome, outcome);
    byOutcome.addMetric(METRICS.batchesEnded, MetricUnit.Count, 1);
    if (total === 0) return;
    const failed = total - (counts['Completed'] ?? 0);
    metrics.addMetric(METRICS.batchFailurePercentage, MetricUnit.Percent, (100 * failed) / total);
  }

  async function sweep(context: Context): Promise<void> {
    let failures = 0;
    const closed = await sweepBatches({
      ...ports,
      ...invocationPorts(context),
      onStop: (batchId) => logger.warn('Stopping a cancelled batch that has not ended', { batchId }),
      onFailure(batchId, error) {
        failures += 1;
        logger.error('Could not close a batch', { batchId, error });
      },
    });
    for (const closing of closed) {
      const { batchId } = closing.detail;
      logger.warn('Swept a batch', { batchId, ...describeClosed(closing) });
      countBatch(closing);
    }
    if (failures > 0) throw new IncompleteBatchSweepError(`${failures} batches could not be closed`);
  }

  async function closeForState(event: unknown, context: Context): Promise<CloseBatchOutput> {
    const { batchId, executionArn, executionStartedAt, input, state } = z.parse(closeBatchEventSchema, event);
    const execution = { batchId, executionArn, startedAt: Date.parse(executionStartedAt), input };
    const failed = { ...execution, ...(state.Error !== undefined && { status: 'FAILED' as const }) };
    const closing = await closeStep(failed, context);
    if (closing.kind === 'Nothing') throw new NothingToCloseError(closing.because);
    if (closing.kind === 'Unfinished') return { isClosed: false };
    const { detail, cause } = closing;
    return { isClosed: true, outcome: detail.outcome, cause, detail };
  }

  async function closeFailed(chunk: FailedChunk, context: Context): Promise<CloseChunkOutput> {
    const { batchId } = chunk;
    logger.appendKeys({ batchId });
    const isClosed = await closeFailedChunk(chunk, { ...ports, ...invocationPorts(context) });
    if (isClosed) logger.warn('Closed a chunk that had failed', { chunk: chunk.chunk.n });
    return { left: 0 };
  }

  async function closeEnded(event: unknown, context: Context): Promise<void> {
    const { executionArn, startDate, status, input, error } = z.parse(statusChangeSchema, event).detail;
    if (typeof error === 'string' && REFUSALS.includes(error)) {
      logger.info('Nothing to close: the execution refused its input', { executionArn });
      return;
    }
    const batchId = executionArn.slice(executionArn.lastIndexOf(':') + 1);
    // Step Functions omits a long input from the event.
    const known = typeof input === 'string' ? parseJson(input) : undefined;
    await closeStep({ batchId, executionArn, startedAt: startDate, status, input: known }, context);
  }

  async function handle(event: unknown, context: Context): Promise<Output> {
    if (z.safeParse(scheduledEventSchema, event).success) return void (await sweep(context));
    if (z.safeParse(statusChangeSchema, event).success) return void (await closeEnded(event, context));
    const failed = z.safeParse(closeChunkEventSchema, event);
    return failed.success ? await closeFailed(failed.data, context) : await closeForState(event, context);
  }

  return middy<unknown, Output>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use({ onError: ({ error }) => logger.error('Close batch failed', { error }) })
    .handler(handle);
}

function describeClosed({ detail }: ClosedBatch): object {
  const { outcome, reason, total, counts, duplicates } = detail;
  return { outcome, reason, total, counts, duplicates };
}
