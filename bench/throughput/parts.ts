import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { createSpools } from '../../functions/adapters/aspose/spool.ts';
import { createAsposeOcr } from '../../functions/adapters/aspose/task-requests.ts';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { environmentSchema } from '../../functions/contracts/environment.ts';
import { parseInput } from '../../functions/core/invalid-input.ts';

/** The parts of a poll, wired as in `fetch-result`, to be bundled in the same way and measured one by one. */

const environment = parseInput(
  z.pick(environmentSchema, { TASK_TABLE: true, ASPOSE_BASE_URL: true, MAX_ANSWER_BYTES: true }),
  process.env,
);
export const spools = createSpools();
export const logger = new Logger({ serviceName: 'fetch-result' });
export const records = createTaskTable(new DynamoDBClient(), environment.TASK_TABLE);
export const vendor = createAsposeOcr({
  baseUrl: environment.ASPOSE_BASE_URL,
  // Cached, as between all polls of an hour.
  accessTokens: { get: async () => ({ kind: 'Token', token: 'token' }), drop: () => {} },
  spools,
  maxAnswerBytes: environment.MAX_ANSWER_BYTES,
  now: () => Date.now(),
});
