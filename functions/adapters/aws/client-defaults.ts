/**
 * Timeouts for all AWS SDK clients. Without them a request waits until the function's timeout. The
 * SDK retries a request that timed out twice. The socket timeout counts the time between two bytes,
 * so large documents can take longer.
 */
export const AWS_CLIENT_DEFAULTS = {
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
} as const;

/**
 * Settings of the DynamoDB client for requests that wait. A call fails early and is not retried,
 * because the next read is the retry. Otherwise a silent DynamoDB would outlast the invocation.
 */
export const WAITING_CLIENT = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_500, socketTimeout: 1_500 },
} as const;
