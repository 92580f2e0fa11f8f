import { ENV } from '../functions/contracts/environment.ts';

/** The environment of a function outside Lambda, with values of the right form. */
export const FUNCTION_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'benchmark',
  AWS_SECRET_ACCESS_KEY: 'benchmark',
  [ENV.taskTable]: 'tasks',
  [ENV.resultsBucket]: 'results',
  [ENV.eventBus]: 'events',
  [ENV.stateMachine]: 'arn:aws:states:us-east-1:000000000000:stateMachine:Workflow',
  [ENV.credentialsSecret]: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Credentials',
  [ENV.asposeBaseUrl]: 'https://api.aspose.cloud',
  [ENV.polling]: '{"preset":"balanced"}',
  [ENV.cancelAtVendor]: 'false',
  [ENV.metricsService]: 'benchmark',
  [ENV.maxAnswerBytes]: String(128 * 1024 * 1024),
};
