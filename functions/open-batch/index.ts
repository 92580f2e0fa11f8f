import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { createBatchFiles } from '../adapters/aws/batch-files.ts';
import { createBatchTable } from '../adapters/aws/batch-table.ts';
import { AWS_CLIENT_DEFAULTS } from '../adapters/aws/client-defaults.ts';
import { createImageListing } from '../adapters/aws/image-listing.ts';
import { createListSource } from '../adapters/aws/list-source.ts';
import { environmentSchema } from '../contracts/environment.ts';
import { readEnvironment } from '../handlers/environment.ts';
import { createHandler } from './handler.ts';

const env = readEnvironment(
  z.pick(environmentSchema, { TASK_TABLE: true, RESULTS_BUCKET: true, SOURCE_BUCKETS: true }),
  process.env,
);
/** While a part of the items is uploaded, the connection from which the list is read is idle. */
const s3 = new S3Client({
  requestHandler: { ...AWS_CLIENT_DEFAULTS.requestHandler, socketTimeout: 60_000 },
});

export const handler = createHandler({
  ports: {
    batches: createBatchTable(new DynamoDBClient(AWS_CLIENT_DEFAULTS), env.TASK_TABLE),
    files: createBatchFiles(s3, env.RESULTS_BUCKET),
    readList: createListSource(s3),
    listImages: createImageListing(s3),
    buckets: { bucket: env.RESULTS_BUCKET, sourceBuckets: env.SOURCE_BUCKETS },
    now: () => Date.now(),
  },
  logger: new Logger({ serviceName: 'open-batch' }),
});
