/**
 * How patient every client of the AWS SDK is. By default one waits for as long as its function may run; what is given
 * up is repeated by the SDK, twice. Silence is counted between two bytes: a large document may take its time.
 */
export const AWS_REQUESTS = {
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
} as const;
