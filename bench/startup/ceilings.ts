/** Size and import-time budget of a function's bundle. */
export interface Ceiling {
  /** Maximum size of the minified bundle. A test fails above it. */
  readonly bytes: number;
  /**
   * Goal for the import time divided by that of the DynamoDB and S3 clients. No test checks it,
   * because times vary too much.
   */
  readonly importRatio: number;
}

/**
 * Each limit is a few percent above the smallest size so far. A new client or a large transitive
 * dependency exceeds it. If you raise a limit, note here why the bundle needs it.
 */
export const CEILINGS: Readonly<Record<string, Ceiling>> = {
  // S3, DynamoDB and Secrets Manager, and the formats and settings of images.
  'submit-image': { bytes: 520_000, importRatio: 1.35 },
  // S3, DynamoDB and Secrets Manager.
  'fetch-result': { bytes: 515_000, importRatio: 1.25 },
  // DynamoDB, EventBridge and Step Functions, and S3 because it tags images.
  'close-task': { bytes: 525_000, importRatio: 1.35 },
  // Step Functions and SQS, DynamoDB because it claims the task, S3 for the metadata of images.
  'start-executions': { bytes: 525_000, importRatio: 1.4 },
  // S3 and DynamoDB, a CSV parser, and the settings of images, which it checks.
  'open-batch': { bytes: 510_000, importRatio: 1.35 },
  // Everything of submit-image and fetch-result, and EventBridge.
  'collect-chunk': { bytes: 595_000, importRatio: 1.5 },
  // DynamoDB, S3, EventBridge and Step Functions.
  'close-batch': { bytes: 545_000, importRatio: 1.45 },
  // S3 with presigning, DynamoDB, Step Functions, EventBridge, Secrets Manager, and OpenAPI.
  // Batches added 8 kB.
  'task-api': { bytes: 612_000, importRatio: 1.55 },
};
