import type { Credentials } from '../../functions/contracts/credentials.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { asposeBaseUrl } from '../../lib/aspose-base-url.ts';
import { LOCAL_CREDENTIALS } from '../aspose-simulator/token-endpoint.ts';
import { UsageError } from './command-errors.ts';

/** Which Aspose.OCR Cloud a command talks to. */
export type VendorChoice =
  | { readonly kind: 'simulator' }
  | { readonly kind: 'service'; readonly baseUrl: string; readonly credentials: Credentials };

/** A vendor that can be called. */
export interface Vendor extends AsyncDisposable {
  /** For people. */
  readonly name: string;
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/**
 * Reads `ASPOSE_BASE_URL`, `ASPOSE_CLIENT_ID` and `ASPOSE_CLIENT_SECRET`: with any of them set, that service takes
 * the simulator's place.
 *
 * @throws UsageError for a base URL that a token must not travel to, and for half a pair of credentials
 */
export function chooseVendor(environment: Readonly<Record<string, string | undefined>>): VendorChoice {
  const baseUrl = environment['ASPOSE_BASE_URL'] || undefined;
  const clientId = environment['ASPOSE_CLIENT_ID'] || undefined;
  const clientSecret = environment['ASPOSE_CLIENT_SECRET'] || undefined;
  if (baseUrl === undefined && clientId === undefined && clientSecret === undefined)
    return { kind: 'simulator' };
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    const missing = clientId === undefined ? 'ASPOSE_CLIENT_ID' : 'ASPOSE_CLIENT_SECRET';
    throw new UsageError(
      `${missing}: got nothing; ASPOSE_CLIENT_ID and ASPOSE_CLIENT_SECRET are set together`,
    );
  }
  // A server of one's own may not care for credentials: it is offered the simulator's.
  const credentials =
    clientId === undefined || clientSecret === undefined ? LOCAL_CREDENTIALS : { clientId, clientSecret };
  return { kind: 'service', baseUrl: checkBaseUrl(baseUrl), credentials };
}

function checkBaseUrl(baseUrl: string | undefined): string {
  try {
    return asposeBaseUrl(baseUrl, { name: 'ASPOSE_BASE_URL', loopback: true });
  } catch (error) {
    if (error instanceof InvalidInput) throw new UsageError(error.message);
    throw error;
  }
}
