import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { AWS_CLIENT_DEFAULTS } from '../adapters/aws/client-defaults.ts';
import { createEventBus } from '../adapters/aws/event-bus.ts';
import { createExecutionStatuses } from '../adapters/aws/execution-statuses.ts';
import { createImageTable } from '../adapters/aws/image-table.ts';
import { createSourceTags } from '../adapters/aws/source-tags.ts';
import { createTaskIndex } from '../adapters/aws/task-index.ts';
import { createTaskTable } from '../adapters/aws/task-table.ts';
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
const logger = new Logger({ serviceName: 'close-task' });

export const handler = createHandler({
  ports: {
    records: createTaskTable(dynamo, env.TASK_TABLE),
    images: createImageTable(dynamo, env.TASK_TABLE),
    tagSource: createSourceTags(new S3Client(AWS_CLIENT_DEFAULTS), env.RESULTS_BUCKET, (fault) =>
      logger.warn('Not tagged', { fault }),
    ),
    maxUploads: env.MAX_UPLOADS,
    index: createTaskIndex(dynamo, env.TASK_TABLE),
    executions: createExecutionStatuses(new SFNClient(AWS_CLIENT_DEFAULTS)),
    events: bus,
    publishRefusal: (detail) => bus.publish(IMAGE_REFUSED_DETAIL_TYPE, detail),
    bucket: env.RESULTS_BUCKET,
    now: () => Date.now(),
    random: Math.random,
    sleep: async (seconds) => {
      await sleep(seconds * 1000);
    },
  },
  logger,
  metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName: env.METRICS_SERVICE }),
});
