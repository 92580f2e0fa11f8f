import { Duration, Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';
import { grantReadCredentials, type VendorAccess } from './vendor-access.ts';

/** An image streams through the function, so its size does not matter. */
export const SUBMIT_IMAGE_MEMORY = Size.mebibytes(256);

/** A token, one upload of 150 s, the waits between uploads, and the records. */
export const SUBMIT_IMAGE_TIMEOUT = Duration.minutes(4);

export interface SubmitImageFunctionProps extends ServiceFunctionDefaults {
  readonly storage: ResultStorage;
  readonly vendor: VendorAccess;
  /** The dimension `service` of its metrics. */
  readonly metricsService: string;
  readonly maxUploads: number;
}

/** The Lambda function of the state `Submit image`. */
export class SubmitImageFunction extends ServiceFunction {
  constructor(scope: Construct, id: string, props: SubmitImageFunctionProps) {
    const { storage, vendor, metricsService, maxUploads, logRetention, removalPolicy } = props;
    super(scope, id, {
      description: 'Uploads an image to Aspose.OCR Cloud, and records its task',
      folder: 'submit-image',
      logRetention,
      removalPolicy,
      timeout: SUBMIT_IMAGE_TIMEOUT,
      memorySize: SUBMIT_IMAGE_MEMORY,
      environment: {
        TASK_TABLE: storage.table.tableName,
        CREDENTIALS_SECRET: vendor.credentialsSecret.secretArn,
        ASPOSE_BASE_URL: vendor.baseUrl,
        METRICS_SERVICE: metricsService,
        MAX_UPLOADS: String(maxUploads),
      },
    });
    storage.grantRecords(this);
    storage.grantReadSources(this);
    grantReadCredentials(vendor, this);
  }
}
