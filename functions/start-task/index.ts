import { Logger } from '@aws-lambda-powertools/logger';
import { SFNClient } from '@aws-sdk/client-sfn';
import { createExecutionStarter } from '../adapters/execution-starter.ts';
import { ENV, readEnv } from '../env.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  executions: createExecutionStarter(new SFNClient(), readEnv(process.env, ENV.stateMachine)),
  now: () => Date.now(),
  logger: new Logger({ serviceName: 'start-task' }),
});
