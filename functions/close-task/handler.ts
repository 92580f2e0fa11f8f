import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import * as z from 'zod/mini';
import {
  type ExecutionStatusChange,
  executionStatusChangeSchema,
} from '../contracts/execution-status-change.ts';
import type { ExecutionInput } from '../contracts/task-input.ts';
import { type CloseTaskPorts, closeTask } from '../core/close-task.ts';
import { parseExecutionInput } from '../core/execution-input.ts';
import { InvalidInput } from '../core/invalid-input.ts';
import { parseJson } from '../core/parse-json.ts';
import { countOutcome, publishMetrics } from '../handlers/outcome-metrics.ts';
import { redrivenEvent } from '../handlers/redriven-event.ts';

export interface CloseTaskDependencies {
  readonly ports: CloseTaskPorts;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The error of an execution that refused its input. A later check could accept a submittedAt that
 * was in the future.
 */
const REFUSED = 'InvalidInput' satisfies InvalidInput['name'];

/** Handles the status-change event of each execution that did not succeed. */
export function createHandler({ ports, logger, metrics }: CloseTaskDependencies) {
  async function handle(event: unknown): Promise<void> {
    const { detail } = z.parse(executionStatusChangeSchema, redrivenEvent(event));
    const input = acceptedInput(detail, ports.now());
    if (input === undefined) {
      logger.info('Nothing to close: the execution refused its input', { executionArn: detail.executionArn });
      return;
    }
    logger.appendKeys({ taskId: input.taskId, operation: input.operation });
    const closing = await closeTask(detail, input, ports);
    if (closing.kind === 'Nothing') {
      logger.info('Nothing to close', { because: closing.because });
      return;
    }
    const { outcome, reason } = closing.detail;
    logger.info('Published the terminal event', { status: detail.status, outcome, reason });
    countOutcome(metrics, closing.detail);
  }

  return middy<unknown, void>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use({ onError: ({ error }) => logger.error('Close task failed', { error }) })
    .handler(handle);
}

/**
 * The execution's input; undefined when the execution refused it and so has no task. An input that
 * was too long for the event was refused, too.
 */
function acceptedInput(
  { input, error }: ExecutionStatusChange['detail'],
  now: number,
): ExecutionInput | undefined {
  if (input === null || input === undefined || error === REFUSED) return undefined;
  try {
    return parseExecutionInput(parseJson(input), now);
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}
