import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { AWS_REQUESTS } from '../adapters/aws/client-defaults.ts';
import { createEvents } from '../adapters/aws/event-bus.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { ENV, type EnvName, readEnv } from '../contracts/environment.ts';
import { METRICS_NAMESPACE } from '../contracts/metric-names.ts';
import { createHandler } from './handler.ts';

const env = (name: EnvName) => readEnv(process.env, name);

export const handler = createHandler({
  ports: {
    records: createTaskTable(new DynamoDBClient(AWS_REQUESTS), env(ENV.taskTable)),
    events: createEvents(new EventBridgeClient(AWS_REQUESTS), env(ENV.eventBus)),
    bucket: env(ENV.resultsBucket),
    now: () => Date.now(),
  },
  logger: new Logger({ serviceName: 'close-task' }),
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env(ENV.metricsService) }),
});
