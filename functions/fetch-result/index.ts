import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAccessTokens } from '../adapters/aspose/access-token.ts';
import { createSpools } from '../adapters/aspose/spool.ts';
import { createAsposeOcr } from '../adapters/aspose/task-requests.ts';
import { AWS_REQUESTS } from '../adapters/aws/client-defaults.ts';
import { readCredentials } from '../adapters/aws/credentials-secret.ts';
import { createDocumentWriter } from '../adapters/aws/document-writer.ts';
import { isPollingPaused } from '../adapters/aws/polling-pause.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { ENV, type EnvName, readEnv } from '../contracts/environment.ts';
import { METRICS_NAMESPACE } from '../contracts/metric-names.ts';
import { pollingSchema } from '../contracts/task-input.ts';
import { parseInput } from '../core/invalid-input.ts';
import { createHandler } from './handler.ts';

const env = (name: EnvName) => readEnv(process.env, name);
const now = () => Date.now();
const spools = createSpools();
const secrets = new SecretsManagerClient(AWS_REQUESTS);
const dynamo = new DynamoDBClient(AWS_REQUESTS);
const taskTable = env(ENV.taskTable);
const baseUrl = env(ENV.asposeBaseUrl);

export const handler = createHandler({
  ports: {
    records: createTaskTable(dynamo, taskTable),
    vendor: createAsposeOcr({
      baseUrl,
      accessTokens: createAccessTokens({
        baseUrl,
        readCredentials: () => readCredentials(secrets, env(ENV.credentialsSecret)),
        now,
      }),
      spools,
      maxAnswerBytes: Number(env(ENV.maxAnswerBytes)),
      now,
    }),
    documents: createDocumentWriter(new S3Client(AWS_REQUESTS), env(ENV.resultsBucket)),
    now,
    sleep: async (seconds) => {
      await sleep(seconds * 1000);
    },
    random: Math.random,
    isPollingPaused: () => isPollingPaused(dynamo, taskTable),
  },
  polling: parseInput(pollingSchema, JSON.parse(env(ENV.polling))),
  logger: new Logger({ serviceName: 'fetch-result' }),
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env(ENV.metricsService) }),
  release: spools.close,
});
