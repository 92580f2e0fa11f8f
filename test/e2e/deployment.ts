import type { Credentials } from '../../functions/contracts/credentials.ts';

/** Which Aspose the stack asks. */
export type E2eVendor =
  /** The suite starts the simulator at this port of loopback, where the stack expects it, and scripts its answers. */
  | { readonly kind: 'simulator'; readonly port: number }
  /** Aspose itself, or another server: images are submitted to it. */
  | { readonly kind: 'service'; readonly baseUrl: string; readonly credentials: Credentials }
  /** The stack's vendor is out of reach: only what needs none is tried. */
  | { readonly kind: 'none' };

/** All that the suite is told. Where AWS is, and who asks, is in the environment, as the SDK reads it. */
export interface Deployment {
  readonly outputs: Readonly<Record<string, string>>;
  readonly vendor: E2eVendor;
  /** Whether it runs on MiniStack, some of whose answers are not AWS's: ministack-limits.ts. */
  readonly onMiniStack: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    deployment: Deployment;
  }
}
