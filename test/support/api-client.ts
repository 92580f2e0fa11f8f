import type { ClientOptions, OcrClient } from '../../client/client.ts';
import type { RequestTiming } from '../../client/connection.ts';
import { createTimedClient } from '../../client/timed-client.ts';

/** Short delays, so that tests of retries are fast. */
export const QUICK: RequestTiming = {
  responseMilliseconds: 2000,
  backoffMilliseconds: 1,
  spacingMilliseconds: 1,
  maxSpacingMilliseconds: 2,
};

/** A client that does not wait long between requests. */
export function quickClient(
  apiUrl: string,
  options: Omit<ClientOptions, 'apiUrl'> = {},
  timing: Partial<RequestTiming> = {},
): OcrClient {
  return createTimedClient({ apiUrl, ...options }, { ...QUICK, ...timing });
}
