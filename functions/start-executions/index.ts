import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { createBatchTable } from '../adapters/aws/batch-table.ts';
import { AWS_CLIENT_DEFAULTS } from '../adapters/aws/client-defaults.ts';
import { createBatches, createCollections, createRecognitions } from '../adapters/aws/executions.ts';
import { createImageTable } from '../adapters/aws/image-table.ts';
import { createInboxObjects } from '../adapters/aws/inbox-objects.ts';
import { createRefusedRequests } from '../adapters/aws/refused-requests.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { environmentSchema } from '../contracts/environment.ts';
import { readEnvironment } from '../handlers/environment.ts';
import { createHandler } from './handler.ts';

const env = readEnvironment(
  z.pick(environmentSchema, {
    TASK_TABLE: true,
    STATE_MACHINE: true,
    RECOGNIZE_STATE_MACHINE: true,
    BATCH_STATE_MACHINE: true,
    REFUSED_QUEUE: true,
    MAX_UPLOADS: true,
  }),
  process.env,
);
const dynamo = new DynamoDBClient(AWS_CLIENT_DEFAULTS);
// A local SQS has another address than its queues' URLs.
const sqs = new SQSClient({ ...AWS_CLIENT_DEFAULTS, useQueueUrlAsEndpoint: false });
const stepFunctions = new SFNClient(AWS_CLIENT_DEFAULTS);

export const handler = createHandler({
  ports: {
    records: createTaskTable(dynamo, env.TASK_TABLE),
    images: createImageTable(dynamo, env.TASK_TABLE),
    executions: createCollections(stepFunctions, env.STATE_MACHINE),
    recognitions: createRecognitions(stepFunctions, env.RECOGNIZE_STATE_MACHINE),
    batches: createBatchTable(dynamo, env.TASK_TABLE),
    batchExecutions: createBatches(stepFunctions, env.BATCH_STATE_MACHINE),
    ...createInboxObjects(new S3Client(AWS_CLIENT_DEFAULTS)),
    maxUploads: env.MAX_UPLOADS,
    now: () => Date.now(),
  },
  refuse: createRefusedRequests(sqs, env.REFUSED_QUEUE),
  logger: new Logger({ serviceName: 'start-executions' }),
});
