import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { batchIdSchema } from '../contracts/batch-input.ts';
import {
  type OpenBatchEvent,
  type OpenBatchOutput,
  openBatchEventSchema,
} from '../contracts/collect-batch.ts';
import { parseBatchInput } from '../core/batch/batch-input.ts';
import { OcrBatchRefused, type OpenBatchPorts, openBatch } from '../core/batch/open-batch.ts';
import { parseInput } from '../core/invalid-input.ts';

export interface OpenBatchDependencies {
  readonly ports: OpenBatchPorts;
  readonly logger: Logger;
}

/** Handles the state `Open batch`: checks the input, runs the use case, and logs its result. */
export function createHandler({ ports, logger }: OpenBatchDependencies) {
  async function handle(event: OpenBatchEvent): Promise<OpenBatchOutput> {
    const { executionArn, executionStartedAt, ...request } = parseInput(openBatchEventSchema, event);
    const batchId = parseInput(batchIdSchema, request.batchId, 'batchId');
    logger.appendKeys({ batchId });
    const input = parseBatchInput(request.input);
    const claimant = { executionArn, startedAt: Date.parse(executionStartedAt) };
    const output = await openBatch({ batchId, input }, claimant, ports);
    logger.info('Batch opened', { ...output });
    return output;
  }

  return middy<OpenBatchEvent, OpenBatchOutput>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({
      onError: ({ error }) => {
        if (error instanceof OcrBatchRefused) logger.info('Batch refused', { because: error.message });
        else logger.error('Open batch failed', { error });
      },
    })
    .handler(handle);
}
