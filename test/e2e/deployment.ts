import type { Credentials } from '../../functions/contracts/credentials.ts';

/** The Aspose service that the stack calls. */
export type E2eVendor =
  /** The suite starts a simulator at this port of 127.0.0.1, where the stack expects it. */
  | { readonly kind: 'simulator'; readonly port: number }
  /** Aspose or another server: the suite submits images to it. */
  | { readonly kind: 'service'; readonly baseUrl: string; readonly credentials: Credentials }
  /** The suite cannot reach the service, and runs only tests that do not need it. */
  | { readonly kind: 'none' };

/** The input of the suite. The SDK reads region, endpoint and credentials from the environment. */
export interface Deployment {
  readonly outputs: Readonly<Record<string, string>>;
  readonly vendor: E2eVendor;
  /** Whether the stack runs on MiniStack, which differs from AWS: ministack/limits.ts. */
  readonly onMiniStack: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    deployment: Deployment;
  }
}
