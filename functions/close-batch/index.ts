import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { createBatchFiles } from '../adapters/aws/batch-files.ts';
import { createBatchIndex } from '../adapters/aws/batch-index.ts';
import { createBatchProgress } from '../adapters/aws/batch-progress.ts';
import { createBatchTable } from '../adapters/aws/batch-table.ts';
import { AWS_CLIENT_DEFAULTS } from '../adapters/aws/client-defaults.ts';
import { createEventBus } from '../adapters/aws/event-bus.ts';
import { createExecutionStatuses } from '../adapters/aws/execution-statuses.ts';
import { createExecutionStops } from '../adapters/aws/execution-stops.ts';
import { createImageTable } from '../adapters/aws/image-table.ts';
import { createSourceTags } from '../adapters/aws/source-tags.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
import { BATCH_COMPLETED_DETAIL_TYPE } from '../contracts/batch-event.ts';
import { environmentSchema } from '../contracts/environment.ts';
import { IMAGE_REFUSED_DETAIL_TYPE } from '../contracts/image-event.ts';
import { METRICS_NAMESPACE } from '../contracts/metric-names.ts';
import { readEnvironment } from '../handlers/environment.ts';
import { createHandler } from './handler.ts';

const env = readEnvironment(
  z.pick(environmentSchema, {
    TASK_TABLE: true,
    RESULTS_BUCKET: true,
    EVENT_BUS: true,
    METRICS_SERVICE: true,
    MAX_UPLOADS: true,
  }),
  process.env,
);

const bus = createEventBus(new EventBridgeClient(AWS_CLIENT_DEFAULTS), env.EVENT_BUS);
const dynamo = new DynamoDBClient(AWS_CLIENT_DEFAULTS);
const s3 = new S3Client(AWS_CLIENT_DEFAULTS);
const sfn = new SFNClient(AWS_CLIENT_DEFAULTS);
const logger = new Logger({ serviceName: 'close-batch' });

export const handler = createHandler({
  ports: {
    batches: createBatchTable(dynamo, env.TASK_TABLE),
    progress: createBatchProgress(dynamo, env.TASK_TABLE),
    files: createBatchFiles(s3, env.RESULTS_BUCKET),
    records: createTaskTable(dynamo, env.TASK_TABLE),
    images: createImageTable(dynamo, env.TASK_TABLE),
    tagSource: createSourceTags(s3, env.RESULTS_BUCKET, (fault) => logger.warn('Not tagged', { fault })),
    maxUploads: env.MAX_UPLOADS,
    index: createBatchIndex(dynamo, env.TASK_TABLE),
    executions: { ...createExecutionStatuses(sfn), ...createExecutionStops(sfn) },
    events: bus,
    publishRefusal: (detail) => bus.publish(IMAGE_REFUSED_DETAIL_TYPE, detail),
    publishBatch: (detail) => bus.publish(BATCH_COMPLETED_DETAIL_TYPE, detail),
    bucket: env.RESULTS_BUCKET,
    newTag: () => crypto.randomUUID().slice(0, 8),
    now: () => Date.now(),
    sleep: async (seconds) => {
      await sleep(seconds * 1000);
    },
  },
  logger,
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env.METRICS_SERVICE }),
});
