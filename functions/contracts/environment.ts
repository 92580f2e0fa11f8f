/**
 * The functions' environment variables: what the infrastructure sets and the functions read. Secrets are not among
 * them: they are read from Secrets Manager.
 */
export const ENV = {
  /** Name of the task table. */
  taskTable: 'TASK_TABLE',
  /** Name of the results bucket. */
  resultsBucket: 'RESULTS_BUCKET',
  /** Name of the event bus for terminal events. */
  eventBus: 'EVENT_BUS',
  /** ARN of the state machine. */
  stateMachine: 'STATE_MACHINE',
  /** ARN of the secret with `{ clientId, clientSecret }`. */
  credentialsSecret: 'CREDENTIALS_SECRET',
  /** Base URL of Aspose.OCR Cloud, without a slash at its end. */
  asposeBaseUrl: 'ASPOSE_BASE_URL',
  /** The stack's polling configuration: JSON of `pollingSchema`. */
  polling: 'POLLING',
  /** `true` when a cancelled task is cancelled at Aspose, too. */
  cancelAtVendor: 'CANCEL_AT_VENDOR',
  /** The dimension `service` of every metric: an account may have several couriers. */
  metricsService: 'METRICS_SERVICE',
  /** The largest answer that is read, in bytes of its inflated body. */
  maxAnswerBytes: 'MAX_ANSWER_BYTES',
} as const;

export type EnvName = (typeof ENV)[keyof typeof ENV];

/** A variable that the infrastructure should have set is missing. */
export class MissingEnvironmentError extends Error {
  override readonly name = 'MissingEnvironmentError';
}

/**
 * The value of a variable.
 *
 * @throws MissingEnvironmentError when it is not set or empty
 */
export function readEnv(environment: Readonly<Record<string, string | undefined>>, name: EnvName): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new MissingEnvironmentError(`${name} is not set`);
  return value;
}
