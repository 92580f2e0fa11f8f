import { type Duration, Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PollingOverrides } from '../functions/core/polling-policy.ts';
import { ephemeralStorageFor } from './response-size.ts';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';
import { grantReadCredentials, type VendorAccess } from './vendor-access.ts';

/**
 * A poll waits most of the time. Lambda's CPU share at this size receives and stores a 100 MB
 * response in 4 to 6 seconds (lib/response-size.ts).
 */
export const FETCH_RESULT_MEMORY = Size.mebibytes(256);

export interface FetchResultFunctionProps extends ServiceFunctionDefaults {
  readonly storage: ResultStorage;
  readonly vendor: VendorAccess;
  readonly polling: PollingOverrides;
  readonly timeout: Duration;
  /** Maximum size of a response, after decompression. */
  readonly maxAnswerSize: Size;
  readonly reservedConcurrency: number | undefined;
  /** The dimension `service` of its metrics. */
  readonly metricsService: string;
}

/** The Lambda function of the state `Fetch result`. */
export class FetchResultFunction extends ServiceFunction {
  constructor(scope: Construct, id: string, props: FetchResultFunctionProps) {
    const { storage, vendor, polling, timeout, maxAnswerSize, reservedConcurrency } = props;
    super(scope, id, {
      description: 'Polls Aspose.OCR Cloud for the result of one task, stores it and records the outcome',
      folder: 'fetch-result',
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
      timeout,
      memorySize: FETCH_RESULT_MEMORY,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ephemeralStorageSize: ephemeralStorageFor(maxAnswerSize, 1),
      environment: {
        TASK_TABLE: storage.table.tableName,
        RESULTS_BUCKET: storage.bucket.bucketName,
        CREDENTIALS_SECRET: vendor.credentialsSecret.secretArn,
        ASPOSE_BASE_URL: vendor.baseUrl,
        POLLING: JSON.stringify(polling),
        METRICS_SERVICE: props.metricsService,
        MAX_ANSWER_BYTES: String(maxAnswerSize.toBytes()),
      },
    });
    storage.grantRecords(this);
    storage.grantPutDocuments(this);
    storage.grantTagInbox(this);
    grantReadCredentials(vendor, this);
  }
}
