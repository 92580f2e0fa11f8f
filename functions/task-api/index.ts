import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { createAccessTokens } from '../adapters/aspose/access-token.ts';
import { createAsposeCancellation } from '../adapters/aspose/cancellation.ts';
import { createBatchFiles } from '../adapters/aws/batch-files.ts';
import { createBatchProgress } from '../adapters/aws/batch-progress.ts';
import { createBatchTable } from '../adapters/aws/batch-table.ts';
import { AWS_CLIENT_DEFAULTS, WAITING_CLIENT } from '../adapters/aws/client-defaults.ts';
import { readCredentialsSecret } from '../adapters/aws/credentials-secret.ts';
import { createDocumentReader } from '../adapters/aws/document-reader.ts';
import { createEventBus } from '../adapters/aws/event-bus.ts';
import { createBatches, createCollections, createRecognitions } from '../adapters/aws/executions.ts';
import { createImageTable } from '../adapters/aws/image-table.ts';
import { createInboxObjects } from '../adapters/aws/inbox-objects.ts';
import { createListing } from '../adapters/aws/listing.ts';
import { createTaskIndex } from '../adapters/aws/task-index.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { createTokenTrials } from '../adapters/aws/token-trials.ts';
import { createUploadLinks } from '../adapters/aws/upload-links.ts';
import { createWaitingSlots } from '../adapters/aws/waiting-slots.ts';
import { batchSummarySchema } from '../contracts/batches-api.ts';
import { environmentSchema } from '../contracts/environment.ts';
import { METRICS_NAMESPACE } from '../contracts/metric-names.ts';
import { readEnvironment } from '../handlers/environment.ts';
import { createHandler } from './handler.ts';

const env = readEnvironment(
  z.pick(environmentSchema, {
    TASK_TABLE: true,
    RESULTS_BUCKET: true,
    EVENT_BUS: true,
    STATE_MACHINE: true,
    RECOGNIZE_STATE_MACHINE: true,
    BATCH_STATE_MACHINE: true,
    SOURCE_BUCKETS: true,
    MAX_UPLOADS: true,
    MAX_WAITING_REQUESTS: true,
    METRICS_SERVICE: true,
    CANCEL_AT_VENDOR: true,
  }),
  process.env,
);
const now = () => Date.now();
const waitSeconds = (seconds: number) => sleep(seconds * 1000);
const dynamoDb = new DynamoDBClient(AWS_CLIENT_DEFAULTS);
const waitingDynamoDb = new DynamoDBClient(WAITING_CLIENT);
const s3 = new S3Client(AWS_CLIENT_DEFAULTS);
const stepFunctions = new SFNClient(AWS_CLIENT_DEFAULTS);

/**
 * Only a stack that cancels tasks at Aspose gives this function Aspose's address and credentials.
 */
function createVendorCancellation() {
  const vendor = readEnvironment(
    z.pick(environmentSchema, { ASPOSE_BASE_URL: true, CREDENTIALS_SECRET: true }),
    process.env,
  );
  const secrets = new SecretsManagerClient(AWS_CLIENT_DEFAULTS);
  const accessTokens = createAccessTokens({
    baseUrl: vendor.ASPOSE_BASE_URL,
    readSecret: () => readCredentialsSecret(secrets, vendor.CREDENTIALS_SECRET),
    trials: createTokenTrials({
      ...{ client: dynamoDb, tableName: env.TASK_TABLE, now },
      sleep: waitSeconds,
    }),
    now,
  });
  return createAsposeCancellation(vendor.ASPOSE_BASE_URL, accessTokens);
}

export const handler = createHandler({
  ports: {
    records: createTaskTable(dynamoDb, env.TASK_TABLE),
    index: createTaskIndex(dynamoDb, env.TASK_TABLE),
    images: createImageTable(dynamoDb, env.TASK_TABLE),
    documents: createDocumentReader(s3, env.RESULTS_BUCKET),
    describeObject: createInboxObjects(s3).describeObject,
    uploadLink: createUploadLinks(env.RESULTS_BUCKET),
    sourceBuckets: env.SOURCE_BUCKETS,
    maxUploads: env.MAX_UPLOADS,
    executions: createCollections(stepFunctions, env.STATE_MACHINE),
    recognitions: createRecognitions(stepFunctions, env.RECOGNIZE_STATE_MACHINE),
    batches: createBatchTable(dynamoDb, env.TASK_TABLE),
    batchIndex: createListing(dynamoDb, env.TASK_TABLE, batchSummarySchema),
    batchExecutions: createBatches(stepFunctions, env.BATCH_STATE_MACHINE),
    progress: createBatchProgress(dynamoDb, env.TASK_TABLE),
    files: createBatchFiles(s3, env.RESULTS_BUCKET),
    events: createEventBus(new EventBridgeClient(AWS_CLIENT_DEFAULTS), env.EVENT_BUS),
    bucket: env.RESULTS_BUCKET,
    ...(env.CANCEL_AT_VENDOR && { cancelAtVendor: createVendorCancellation() }),
    now,
  },
  waiting: {
    slots: createWaitingSlots({
      ...{ client: waitingDynamoDb, tableName: env.TASK_TABLE, now },
      count: env.MAX_WAITING_REQUESTS,
      random: Math.random,
    }),
    readers: {
      records: createTaskTable(waitingDynamoDb, env.TASK_TABLE),
      images: createImageTable(waitingDynamoDb, env.TASK_TABLE),
      batches: createBatchTable(waitingDynamoDb, env.TASK_TABLE),
    },
    sleep: waitSeconds,
  },
  logger: new Logger({ serviceName: 'task-api' }),
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env.METRICS_SERVICE }),
});
