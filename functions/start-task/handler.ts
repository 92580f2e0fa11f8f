import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import * as z from 'zod/mini';
import { taskSubmissionSchema } from '../contracts/task-input.ts';
import { parseInput } from '../core/invalid-input.ts';
import { type StartCollectionPorts, startCollection } from '../core/start-collection.ts';
import { redrivenEvent } from '../handlers/redriven-event.ts';

export interface StartTaskDependencies {
  readonly ports: StartCollectionPorts;
  readonly logger: Logger;
}

/** The fields that are read. The rule has already matched the detail-type. */
const submittedEventSchema = z.object({ time: z.iso.datetime(), detail: z.unknown() });

/**
 * Handles an `OCR Task Submitted` event. After two retries, Lambda sends the event with the thrown
 * error, which is the reason, to the queue of refused submissions.
 */
export function createHandler({ ports, logger }: StartTaskDependencies) {
  async function handle(event: unknown): Promise<void> {
    const { time, detail } = z.parse(submittedEventSchema, redrivenEvent(event));
    const task = parseInput(taskSubmissionSchema, detail, 'detail');
    logger.appendKeys({ taskId: task.taskId, operation: task.operation });
    const collection = await startCollection({ task, requestedAt: Date.parse(time) }, ports);
    const isNew = collection.kind === 'Recorded' && collection.isNew;
    logger.info(isNew ? 'Started the collection' : 'The collection had been started before');
  }

  return middy<unknown, void>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({ onError: ({ error }) => logger.error('Start task failed', { error }) })
    .handler(handle);
}
