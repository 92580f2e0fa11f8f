import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { closeRequestSchema, scheduledEventSchema, statusChangeSchema } from '../contracts/close-task.ts';
import { METRICS } from '../contracts/metric-names.ts';
import { closeImage, type ImageClosing } from '../core/close-image.ts';
import { closeTask, type EndedExecution } from '../core/close-task.ts';
import { acceptedExecutionInput, acceptedImageInput } from '../core/execution-input.ts';
import { imageIdOf } from '../core/image-identity.ts';
import type { InvalidInput } from '../core/invalid-input.ts';
import { parseJson } from '../core/parse-json.ts';
import { type Published, type SweepTasksPorts, sweepTasks } from '../core/sweep-tasks.ts';
import { countOutcome, countRefusal, publishMetrics } from '../handlers/outcome-metrics.ts';
import { redrivenEvent } from '../handlers/redriven-event.ts';

export interface CloseTaskDependencies {
  readonly ports: Omit<SweepTasksPorts, 'remainingSeconds' | 'onFailure'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The error of an execution that refused its input. */
const REFUSED = 'InvalidInput' satisfies InvalidInput['name'];

/** Some tasks could not be closed by a sweep. Their errors are in the log. */
export class IncompleteSweepError extends Error {
  override readonly name = 'IncompleteSweepError';
}

/**
 * Closes the task of one execution, for the state `Close task` or for a status-change event, or
 * sweeps all tasks for the schedule.
 */
export function createHandler({ ports, logger, metrics }: CloseTaskDependencies) {
  async function close({ execution, input }: Ended): Promise<void> {
    const { executionArn, status } = execution;
    // An input that was too long for the event was refused, too.
    const closing = execution.error === REFUSED ? undefined : await closeEnded(execution, input);
    if (closing === undefined) {
      logger.info('Nothing to close: the execution refused its input', { executionArn });
      return;
    }
    if (closing.kind === 'Nothing') {
      logger.info('Nothing to close', { because: closing.because });
      return;
    }
    logger.info('Published the terminal event', { status, ...describe(closing) });
    count(closing);
  }

  /** Returns undefined when the execution refused its input. */
  async function closeEnded(execution: EndedExecution, input: unknown): Promise<ImageClosing | undefined> {
    const image = acceptedImageInput(input);
    if (image !== undefined) {
      const imageId = await imageIdOf(image, execution.executionArn);
      logger.appendKeys({ imageId, operation: image.operation });
      const { maxUploads } = ports;
      return await closeImage(execution, { imageId, input: image, maxUploads }, ports);
    }
    const task = acceptedExecutionInput(input, execution.startedAt);
    if (task === undefined) return undefined;
    logger.appendKeys({ taskId: task.taskId, operation: task.operation });
    return await closeTask(execution, task, ports);
  }

  function count(published: Published): void {
    if (published.kind === 'Refused') countRefusal(metrics, published.detail);
    else countOutcome(metrics, published.detail);
  }

  async function sweep(context: Context): Promise<void> {
    let failures = 0;
    const published = await sweepTasks({
      ...ports,
      remainingSeconds: () => context.getRemainingTimeInMillis() / 1000,
      onFailure(id, error) {
        failures += 1;
        logger.error('Could not sweep', { id, error });
      },
    });
    for (const swept of published) {
      const { operation, executionArn } = swept.detail;
      logger.warn('Swept', { operation, executionArn, ...describe(swept) });
      count(swept);
    }
    metrics.addMetric(METRICS.tasksSwept, MetricUnit.Count, published.length);
    if (failures > 0) throw new IncompleteSweepError(`${failures} tasks or images could not be closed`);
  }

  async function handle(received: unknown, context: Context): Promise<void> {
    const event = redrivenEvent(received);
    if (z.safeParse(scheduledEventSchema, event).success) await sweep(context);
    else await close(endedExecution(event));
  }

  return middy<unknown, void>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use({ onError: ({ error }) => logger.error('Close task failed', { error }) })
    .handler(handle);
}

function describe({ kind, detail }: Published): object {
  if (kind === 'Refused') return { imageId: detail.imageId, outcome: kind, reason: detail.reason };
  const { taskId, outcome, reason } = detail;
  return { taskId, outcome, reason };
}

/** An execution with its input, which may be missing or unacceptable. */
interface Ended {
  readonly execution: EndedExecution;
  readonly input: unknown;
}

function endedExecution(event: unknown): Ended {
  const request = z.safeParse(closeRequestSchema, event);
  if (request.success) {
    const { executionArn, executionStartedAt, input, error } = request.data;
    const startedAt = Date.parse(executionStartedAt);
    return { execution: { executionArn, startedAt, status: 'FAILED', error }, input };
  }
  const { executionArn, startDate, status, input, error } = z.parse(statusChangeSchema, event).detail;
  return {
    execution: { executionArn, startedAt: startDate, status, ...(typeof error === 'string' && { error }) },
    input: typeof input === 'string' ? parseJson(input) : undefined,
  };
}
