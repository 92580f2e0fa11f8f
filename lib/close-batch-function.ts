import { Duration, Size } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';

/** It streams the result lines, and reads sixteen chunks ahead. */
const MEMORY = Size.mebibytes(512);

/** Lambda's maximum. A batch that needs more time is closed in several steps. */
export const CLOSE_BATCH_TIMEOUT = Duration.minutes(15);

export interface CloseBatchFunctionProps extends ServiceFunctionDefaults {
  readonly storage: ResultStorage;
  /** Receives the event of the batch, and those of tasks that it closes. */
  readonly bus: EventBus;
  readonly maxUploads: number;
  /** The dimension `service` of its metrics. */
  readonly metricsService: string;
}

/** The Lambda function of the state `Close batch`. */
export class CloseBatchFunction extends ServiceFunction {
  constructor(scope: Construct, id: string, props: CloseBatchFunctionProps) {
    const { storage, bus, metricsService, maxUploads, logRetention, removalPolicy } = props;
    super(scope, id, {
      description: 'Writes the results of a batch, ends its record and publishes its event',
      folder: 'close-batch',
      logRetention,
      removalPolicy,
      timeout: CLOSE_BATCH_TIMEOUT,
      memorySize: MEMORY,
      environment: {
        TASK_TABLE: storage.table.tableName,
        RESULTS_BUCKET: storage.bucket.bucketName,
        EVENT_BUS: bus.eventBusName,
        METRICS_SERVICE: metricsService,
        MAX_UPLOADS: String(maxUploads),
      },
    });
    storage.grantRecords(this);
    storage.grantProgress(this);
    storage.grantListing(this);
    storage.grantTagInbox(this);
    storage.grantReadBatches(this);
    storage.grantListBatches(this);
    storage.grantWriteBatches(this);
    bus.grantPutEventsTo(this);
  }
}
