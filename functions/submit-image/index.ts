import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { createAccessTokens } from '../adapters/aspose/access-token.ts';
import { createAsposeUploads } from '../adapters/aspose/image-upload.ts';
import { AWS_CLIENT_DEFAULTS } from '../adapters/aws/client-defaults.ts';
import { readCredentialsSecret } from '../adapters/aws/credentials-secret.ts';
import { openSource } from '../adapters/aws/image-source.ts';
import { createImageTable } from '../adapters/aws/image-table.ts';
import { isPollingPaused } from '../adapters/aws/polling-pause.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { createTokenTrials } from '../adapters/aws/token-trials.ts';
import { environmentSchema } from '../contracts/environment.ts';
import { METRICS_NAMESPACE } from '../contracts/metric-names.ts';
import { UPLOAD_SECONDS } from '../core/submit-image.ts';
import { readEnvironment } from '../handlers/environment.ts';
import { createHandler } from './handler.ts';

const env = readEnvironment(
  z.pick(environmentSchema, {
    TASK_TABLE: true,
    CREDENTIALS_SECRET: true,
    ASPOSE_BASE_URL: true,
    METRICS_SERVICE: true,
    MAX_UPLOADS: true,
  }),
  process.env,
);
const now = () => Date.now();
const sleepSeconds = (seconds: number) => sleep(seconds * 1000);
const secrets = new SecretsManagerClient(AWS_CLIENT_DEFAULTS);
const dynamo = new DynamoDBClient(AWS_CLIENT_DEFAULTS);
const taskTable = env.TASK_TABLE;
const baseUrl = env.ASPOSE_BASE_URL;
const s3 = new S3Client(AWS_CLIENT_DEFAULTS);
/** While Aspose reads slowly, the connection to S3 is idle. */
const patientS3 = new S3Client({
  requestHandler: { ...AWS_CLIENT_DEFAULTS.requestHandler, socketTimeout: UPLOAD_SECONDS * 1000 },
});

export const handler = createHandler({
  ports: {
    images: createImageTable(dynamo, taskTable),
    tasks: createTaskTable(dynamo, taskTable),
    uploads: createAsposeUploads({
      baseUrl,
      accessTokens: createAccessTokens({
        baseUrl,
        readSecret: () => readCredentialsSecret(secrets, env.CREDENTIALS_SECRET),
        trials: createTokenTrials({ client: dynamo, tableName: taskTable, now, sleep: sleepSeconds }),
        now,
      }),
      now,
    }),
    openSource: (source) => openSource(s3, source, patientS3),
    now,
    sleep: sleepSeconds,
    random: Math.random,
    isPollingPaused: () => isPollingPaused(dynamo, taskTable),
  },
  maxUploads: env.MAX_UPLOADS,
  logger: new Logger({ serviceName: 'submit-image' }),
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env.METRICS_SERVICE }),
});
