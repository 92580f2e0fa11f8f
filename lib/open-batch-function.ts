import { Duration, Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';

/** A list is streamed, but its ids stay in memory to find duplicates: up to a million. */
const MEMORY = Size.mebibytes(1024);

/** Lambda's maximum. */
export const OPEN_BATCH_TIMEOUT = Duration.minutes(15);

export interface OpenBatchFunctionProps extends ServiceFunctionDefaults {
  readonly storage: ResultStorage;
}

/** The Lambda function of the state `Open batch`. */
export class OpenBatchFunction extends ServiceFunction {
  constructor(scope: Construct, id: string, props: OpenBatchFunctionProps) {
    const { storage, logRetention, removalPolicy } = props;
    super(scope, id, {
      description: 'Lists the items of a batch, and divides them into chunks',
      folder: 'open-batch',
      logRetention,
      removalPolicy,
      timeout: OPEN_BATCH_TIMEOUT,
      memorySize: MEMORY,
      environment: {
        TASK_TABLE: storage.table.tableName,
        RESULTS_BUCKET: storage.bucket.bucketName,
        SOURCE_BUCKETS: JSON.stringify(storage.sourceNames()),
      },
    });
    storage.grantRecords(this);
    storage.grantReadSources(this);
    storage.grantListSources(this);
    storage.grantReadLists(this);
    storage.grantReadBatches(this);
    storage.grantListBatches(this);
    storage.grantWriteBatches(this);
  }
}
