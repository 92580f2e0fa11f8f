import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AWS_REQUESTS } from '../adapters/aws/client-defaults.ts';
import { createExecutions } from '../adapters/aws/executions.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { ENV, type EnvName, readEnv } from '../contracts/environment.ts';
import { createHandler } from './handler.ts';

const env = (name: EnvName) => readEnv(process.env, name);

export const handler = createHandler({
  ports: {
    records: createTaskTable(new DynamoDBClient(AWS_REQUESTS), env(ENV.taskTable)),
    executions: createExecutions(new SFNClient(AWS_REQUESTS), env(ENV.stateMachine)),
    now: () => Date.now(),
  },
  logger: new Logger({ serviceName: 'start-task' }),
});
