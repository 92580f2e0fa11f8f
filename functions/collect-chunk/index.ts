import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { createAccessTokens } from '../adapters/aspose/access-token.ts';
import { createAsposeUploads } from '../adapters/aspose/image-upload.ts';
import { createVendorPerPoll } from '../adapters/aspose/vendor-per-poll.ts';
import { createBatchFiles } from '../adapters/aws/batch-files.ts';
import { createBatchProgress } from '../adapters/aws/batch-progress.ts';
import { createBatchTable } from '../adapters/aws/batch-table.ts';
import { AWS_CLIENT_DEFAULTS } from '../adapters/aws/client-defaults.ts';
import { readCredentialsSecret } from '../adapters/aws/credentials-secret.ts';
import { createDocumentWriter } from '../adapters/aws/document-writer.ts';
import { createEventBus } from '../adapters/aws/event-bus.ts';
import { openSource } from '../adapters/aws/image-source.ts';
import { createImageTable } from '../adapters/aws/image-table.ts';
import { isPollingPaused } from '../adapters/aws/polling-pause.ts';
import { createSourceTags } from '../adapters/aws/source-tags.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { createTokenTrials } from '../adapters/aws/token-trials.ts';
import { environmentSchema } from '../contracts/environment.ts';
import { IMAGE_REFUSED_DETAIL_TYPE } from '../contracts/image-event.ts';
import { METRICS_NAMESPACE } from '../contracts/metric-names.ts';
import { UPLOAD_SECONDS } from '../core/submit-image.ts';
import { readEnvironment } from '../handlers/environment.ts';
import { createHandler } from './handler.ts';
import { CHUNK_LIMITS } from './limits.ts';

const env = readEnvironment(
  z.pick(environmentSchema, {
    TASK_TABLE: true,
    RESULTS_BUCKET: true,
    EVENT_BUS: true,
    CREDENTIALS_SECRET: true,
    ASPOSE_BASE_URL: true,
    POLLING: true,
    METRICS_SERVICE: true,
    MAX_ANSWER_BYTES: true,
    MAX_UPLOADS: true,
  }),
  process.env,
);
const now = () => Date.now();
const sleepSeconds = (seconds: number) => sleep(seconds * 1000);
const secrets = new SecretsManagerClient(AWS_CLIENT_DEFAULTS);
const dynamo = new DynamoDBClient(AWS_CLIENT_DEFAULTS);
const s3 = new S3Client(AWS_CLIENT_DEFAULTS);
/** While Aspose reads slowly, the connection to S3 is idle. */
const patientS3 = new S3Client({
  requestHandler: { ...AWS_CLIENT_DEFAULTS.requestHandler, socketTimeout: UPLOAD_SECONDS * 1000 },
});
const taskTable = env.TASK_TABLE;
const vendor = {
  baseUrl: env.ASPOSE_BASE_URL,
  accessTokens: createAccessTokens({
    baseUrl: env.ASPOSE_BASE_URL,
    readSecret: () => readCredentialsSecret(secrets, env.CREDENTIALS_SECRET),
    trials: createTokenTrials({ client: dynamo, tableName: taskTable, now, sleep: sleepSeconds }),
    now,
  }),
  now,
};
const limitWrites = pLimit(CHUNK_LIMITS.awsWrites);
const limitUploads = pLimit(CHUNK_LIMITS.uploads);
const records = createTaskTable(dynamo, taskTable);
const documents = createDocumentWriter(s3, env.RESULTS_BUCKET);
const bus = createEventBus(new EventBridgeClient(AWS_CLIENT_DEFAULTS), env.EVENT_BUS);
const logger = new Logger({ serviceName: 'collect-chunk' });

export const handler = createHandler({
  ports: {
    batches: createBatchTable(dynamo, taskTable),
    progress: createBatchProgress(dynamo, taskTable),
    files: createBatchFiles(s3, env.RESULTS_BUCKET),
    records: {
      read: (taskId) => limitWrites(() => records.read(taskId)),
      write: (record) => limitWrites(() => records.write(record)),
    },
    images: createImageTable(dynamo, taskTable),
    documents: {
      bucket: documents.bucket,
      store: (...stored) => limitWrites(() => documents.store(...stored)),
    },
    events: { publish: (...event) => limitWrites(() => bus.publish(...event)) },
    publishRefusal: (detail) => limitWrites(() => bus.publish(IMAGE_REFUSED_DETAIL_TYPE, detail)),
    bucket: env.RESULTS_BUCKET,
    openVendor: createVendorPerPoll({
      ...vendor,
      maxAnswerBytes: env.MAX_ANSWER_BYTES,
      limitLargeBodies: pLimit(CHUNK_LIMITS.largeBodies),
    }),
    uploads: createAsposeUploads(vendor),
    openSource: (source) => openSource(s3, source, patientS3),
    limitUploads: (upload) => limitUploads(upload),
    tagSource: createSourceTags(s3, env.RESULTS_BUCKET, (fault) => logger.warn('Not tagged', { fault })),
    maxUploads: env.MAX_UPLOADS,
    polling: env.POLLING,
    isPollingPaused: () => isPollingPaused(dynamo, taskTable),
    now,
    sleep: sleepSeconds,
    random: Math.random,
  },
  logger,
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env.METRICS_SERVICE }),
});
