import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSpools } from '../../functions/adapters/aspose/spool.ts';
import { createAsposeOcr } from '../../functions/adapters/aspose/task-requests.ts';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { ENV, readEnv } from '../../functions/contracts/environment.ts';

/** The parts of a poll, wired as in `fetch-result`, to be bundled in the same way and measured one by one. */

const environment = process.env;
export const spools = createSpools();
export const logger = new Logger({ serviceName: 'fetch-result' });
export const records = createTaskTable(new DynamoDBClient(), readEnv(environment, ENV.taskTable));
export const vendor = createAsposeOcr({
  baseUrl: readEnv(environment, ENV.asposeBaseUrl),
  // Cached, as between all polls of an hour.
  accessTokens: { get: async () => ({ kind: 'Token', token: 'token' }), drop: () => {} },
  spools,
  maxAnswerBytes: Number(readEnv(environment, ENV.maxAnswerBytes)),
  now: () => Date.now(),
});
