import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import * as z from 'zod/mini';
import { parseTaskSubmission } from '../core/execution-input.ts';
import { type ExecutionStarter, startTask } from '../core/start-task.ts';
import { redrivenEvent } from '../redriven-event.ts';

export interface StartTaskDependencies {
  readonly executions: ExecutionStarter;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** All that is read of the event: its rule has chosen it by its detail-type. */
const submittedEventSchema = z.object({ detail: z.unknown() });

/**
 * Runs for each `OCR Task Submitted` event. What it throws is the reason with which Lambda, after its two repeats,
 * lays the event into the queue of refused submissions.
 */
export function createHandler({ executions, now, logger }: StartTaskDependencies) {
  async function handle(event: unknown): Promise<void> {
    const { detail } = z.parse(submittedEventSchema, redrivenEvent(event));
    const input = parseTaskSubmission(detail, now());
    logger.appendKeys({ taskId: input.taskId, operation: input.operation });
    const start = await startTask(input, executions);
    logger.info(start === 'Started' ? 'Started the collection' : 'The collection had been started before');
  }

  return middy<unknown, void>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({ onError: ({ error }) => logger.error('Start task failed', { error }) })
    .handler(handle);
}
