import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { closeRequestSchema, scheduledEventSchema, statusChangeSchema } from '../contracts/close-task.ts';
import { METRICS } from '../contracts/metric-names.ts';
import { closeTask, type EndedExecution } from '../core/close-task.ts';
import { acceptedExecutionInput } from '../core/execution-input.ts';
import type { InvalidInput } from '../core/invalid-input.ts';
import { parseJson } from '../core/parse-json.ts';
import { type SweepTasksPorts, sweepTasks } from '../core/sweep-tasks.ts';
import { countOutcome, publishMetrics } from '../handlers/outcome-metrics.ts';
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
    const accepted =
      execution.error === REFUSED ? undefined : acceptedExecutionInput(input, execution.startedAt);
    if (accepted === undefined) {
      logger.info('Nothing to close: the execution refused its input', { executionArn });
      return;
    }
    logger.appendKeys({ taskId: accepted.taskId, operation: accepted.operation });
    const closing = await closeTask(execution, accepted, ports);
    if (closing.kind === 'Nothing') {
      logger.info('Nothing to close', { because: closing.because });
      return;
    }
    const { outcome, reason } = closing.detail;
    logger.info('Published the terminal event', { status, outcome, reason });
    countOutcome(metrics, closing.detail);
  }

  async function sweep(context: Context): Promise<void> {
    let failures = 0;
    const published = await sweepTasks({
      ...ports,
      remainingSeconds: () => context.getRemainingTimeInMillis() / 1000,
      onFailure(taskId, error) {
        failures += 1;
        logger.error('Could not sweep the task', { taskId, error });
      },
    });
    for (const detail of published) {
      const { taskId, operation, executionArn, outcome, reason } = detail;
      logger.warn('Swept the task', { taskId, operation, executionArn, outcome, reason });
      countOutcome(metrics, detail);
    }
    metrics.addMetric(METRICS.tasksSwept, MetricUnit.Count, published.length);
    if (failures > 0) throw new IncompleteSweepError(`${failures} tasks could not be closed`);
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
