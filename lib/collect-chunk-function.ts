import { Duration, Size } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { PollingOverrides } from '../functions/core/polling-policy.ts';
import { ephemeralStorageFor } from './response-size.ts';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';
import { grantReadCredentials, type VendorAccess } from './vendor-access.ts';

/** 75 tasks share Lambda's CPU share of this size: about 19 ms of CPU per small result. */
export const COLLECT_CHUNK_MEMORY = Size.mebibytes(512);

/** A hold of 200 s, the last polls and uploads, and the records and result lines. */
export const COLLECT_CHUNK_TIMEOUT = Duration.minutes(8);

/** Large responses that an invocation decodes at the same time. */
const RESPONSES_AT_ONCE = 2;

export interface CollectChunkFunctionProps extends ServiceFunctionDefaults {
  readonly storage: ResultStorage;
  readonly vendor: VendorAccess;
  /** Receives the terminal events of the tasks. */
  readonly bus: EventBus;
  readonly polling: PollingOverrides;
  /** Maximum size of a response, after decompression. */
  readonly maxAnswerSize: Size;
  readonly maxUploads: number;
  readonly reservedChunkConcurrency: number | undefined;
  /** The dimension `service` of its metrics. */
  readonly metricsService: string;
}

/** The Lambda function of the state `Collect chunk`. */
export class CollectChunkFunction extends ServiceFunction {
  constructor(scope: Construct, id: string, props: CollectChunkFunctionProps) {
    const { storage, vendor, bus, maxAnswerSize, reservedChunkConcurrency } = props;
    super(scope, id, {
      description: 'Uploads and polls the items of one chunk of a batch, and stores their results',
      folder: 'collect-chunk',
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
      timeout: COLLECT_CHUNK_TIMEOUT,
      memorySize: COLLECT_CHUNK_MEMORY,
      ...(reservedChunkConcurrency !== undefined && {
        reservedConcurrentExecutions: reservedChunkConcurrency,
      }),
      ephemeralStorageSize: ephemeralStorageFor(maxAnswerSize, RESPONSES_AT_ONCE),
      environment: {
        TASK_TABLE: storage.table.tableName,
        RESULTS_BUCKET: storage.bucket.bucketName,
        EVENT_BUS: bus.eventBusName,
        CREDENTIALS_SECRET: vendor.credentialsSecret.secretArn,
        ASPOSE_BASE_URL: vendor.baseUrl,
        POLLING: JSON.stringify(props.polling),
        METRICS_SERVICE: props.metricsService,
        MAX_ANSWER_BYTES: String(maxAnswerSize.toBytes()),
        MAX_UPLOADS: String(props.maxUploads),
      },
    });
    storage.grantRecords(this);
    storage.grantProgress(this);
    storage.grantPutDocuments(this);
    storage.grantReadSources(this);
    storage.grantTagInbox(this);
    storage.grantReadBatches(this);
    storage.grantListBatches(this);
    storage.grantWriteBatches(this);
    bus.grantPutEventsTo(this);
    grantReadCredentials(vendor, this);
  }
}
