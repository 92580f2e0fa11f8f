import { Logger } from '@aws-lambda-powertools/logger';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AWS_REQUESTS } from '../adapters/aws-requests.ts';
import { createExecutionStarter } from '../adapters/execution-starter.ts';
import { ENV, readEnv } from '../env.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  executions: createExecutionStarter(new SFNClient(AWS_REQUESTS), readEnv(process.env, ENV.stateMachine)),
  now: () => Date.now(),
  logger: new Logger({ serviceName: 'start-task' }),
});
