import type { DatabaseSync } from 'node:sqlite';
import { UsageError } from '../../cli/command-errors.ts';
import type { ExplainUnsupported } from '../../cli/plan-recognition.ts';
import type { Credentials } from '../../functions/contracts/credentials.ts';
import { asposeBaseUrl } from '../../lib/aspose-base-url.ts';
import { explainUnsupported } from '../aspose-simulator/supported-operations.ts';
import type { Timeline } from '../aspose-simulator/task-store.ts';
import { LOCAL_CREDENTIALS } from '../aspose-simulator/token-endpoint.ts';

/** The Aspose.OCR Cloud that a command uses. */
export type VendorChoice =
  | { readonly kind: 'simulator' }
  | { readonly kind: 'service'; readonly baseUrl: string; readonly credentials: Credentials };

/** An Aspose.OCR Cloud that accepts requests. */
export interface Vendor extends AsyncDisposable {
  /** Display name. */
  readonly name: string;
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/** Options of the simulator. A service ignores them. */
export interface VendorOptions {
  /** Stores the simulator's tasks. @default - in memory */
  readonly database?: DatabaseSync | undefined;
  /** How long a task stays pending and is processed. @default - that of the simulator */
  readonly timeline?: Timeline;
}

/** Returns how to explain what a vendor does not support. A service itself refuses that. */
export function explainerOf({ kind }: Pick<VendorChoice, 'kind'>): ExplainUnsupported | undefined {
  return kind === 'simulator' ? explainUnsupported : undefined;
}

/** The environment variables that name a service. */
export const VENDOR_VARIABLES = 'ASPOSE_BASE_URL, ASPOSE_CLIENT_ID and ASPOSE_CLIENT_SECRET';

/**
 * Reads `ASPOSE_BASE_URL`, `ASPOSE_CLIENT_ID` and `ASPOSE_CLIENT_SECRET`. If any of them is set,
 * that service replaces the simulator.
 *
 * @throws InvalidInput for a URL that is not safe for tokens, UsageError for incomplete credentials
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
      `${missing}: got nothing; allowed: ASPOSE_CLIENT_ID and ASPOSE_CLIENT_SECRET, set together`,
    );
  }
  // A private server may not check credentials, so it receives those of the simulator.
  const credentials =
    clientId === undefined || clientSecret === undefined ? LOCAL_CREDENTIALS : { clientId, clientSecret };
  return {
    kind: 'service',
    baseUrl: asposeBaseUrl(baseUrl, { name: 'ASPOSE_BASE_URL', loopback: true }),
    credentials,
  };
}
