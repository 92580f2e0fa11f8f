import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { createAccessTokens } from '../adapters/aspose/access-token.ts';
import { createAsposeCancellation } from '../adapters/aspose/cancellation.ts';
import { AWS_REQUESTS } from '../adapters/aws/client-defaults.ts';
import { readCredentials } from '../adapters/aws/credentials-secret.ts';
import { createDocumentReader } from '../adapters/aws/document-reader.ts';
import { createEvents } from '../adapters/aws/event-bus.ts';
import { createExecutions } from '../adapters/aws/executions.ts';
import { createTaskIndex } from '../adapters/aws/task-index.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { ENV, type EnvName, readEnv } from '../contracts/environment.ts';
import { METRICS_NAMESPACE } from '../contracts/metric-names.ts';
import { createHandler } from './handler.ts';

const env = (name: EnvName) => readEnv(process.env, name);
const now = () => Date.now();
const dynamoDb = new DynamoDBClient(AWS_REQUESTS);

function createCancellation() {
  const baseUrl = env(ENV.asposeBaseUrl);
  const secrets = new SecretsManagerClient(AWS_REQUESTS);
  const accessTokens = createAccessTokens({
    baseUrl,
    readCredentials: () => readCredentials(secrets, env(ENV.credentialsSecret)),
    now,
  });
  return createAsposeCancellation(baseUrl, accessTokens);
}

export const handler = createHandler({
  ports: {
    records: createTaskTable(dynamoDb, env(ENV.taskTable)),
    index: createTaskIndex(dynamoDb, env(ENV.taskTable)),
    documents: createDocumentReader(new S3Client(AWS_REQUESTS), env(ENV.resultsBucket)),
    executions: createExecutions(new SFNClient(AWS_REQUESTS), env(ENV.stateMachine)),
    events: createEvents(new EventBridgeClient(AWS_REQUESTS), env(ENV.eventBus)),
    bucket: env(ENV.resultsBucket),
    ...(env(ENV.cancelAtVendor) === 'true' && { cancelAtVendor: createCancellation() }),
    now,
  },
  logger: new Logger({ serviceName: 'task-api' }),
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env(ENV.metricsService) }),
});
