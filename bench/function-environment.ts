/** A valid environment for every function, to load it outside Lambda. */
export const FUNCTION_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'benchmark',
  AWS_SECRET_ACCESS_KEY: 'benchmark',
  TASK_TABLE: 'tasks',
  RESULTS_BUCKET: 'results',
  EVENT_BUS: 'events',
  STATE_MACHINE: 'arn:aws:states:us-east-1:000000000000:stateMachine:Workflow',
  CREDENTIALS_SECRET: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Credentials',
  ASPOSE_BASE_URL: 'https://api.aspose.cloud',
  POLLING: '{"preset":"balanced"}',
  CANCEL_AT_VENDOR: 'false',
  METRICS_SERVICE: 'benchmark',
  MAX_ANSWER_BYTES: String(128 * 1024 * 1024),
};
