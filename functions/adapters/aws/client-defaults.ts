/**
 * Timeouts for all AWS SDK clients. Without them a request waits until the function's timeout. The
 * SDK retries a request that timed out twice. The socket timeout counts the time between two bytes,
 * so large documents can take longer.
 */
export const AWS_CLIENT_DEFAULTS = {
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
} as const;
