import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { AWS_CLIENT_DEFAULTS } from '../adapters/aws/client-defaults.ts';
import { createExecutions } from '../adapters/aws/executions.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { environmentSchema } from '../contracts/environment.ts';
import { readEnvironment } from '../handlers/environment.ts';
import { createHandler } from './handler.ts';

const env = readEnvironment(
  z.pick(environmentSchema, {
    TASK_TABLE: true,
    STATE_MACHINE: true,
  }),
  process.env,
);

export const handler = createHandler({
  ports: {
    records: createTaskTable(new DynamoDBClient(AWS_CLIENT_DEFAULTS), env.TASK_TABLE),
    executions: createExecutions(new SFNClient(AWS_CLIENT_DEFAULTS), env.STATE_MACHINE),
    now: () => Date.now(),
  },
  logger: new Logger({ serviceName: 'start-task' }),
});
