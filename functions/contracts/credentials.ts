import * as z from 'zod/mini';

/** The content of the credentials secret: Aspose's client credentials. */
export const credentialsSchema = z.object({
  clientId: z.string().check(z.minLength(1)),
  clientSecret: z.string().check(z.minLength(1)),
});
export type Credentials = z.output<typeof credentialsSchema>;

/** The secret with the credentials. */
export type ReadSecret =
  /** `version` changes whenever the secret does. */
  | { readonly kind: 'Read'; readonly credentials: Credentials; readonly version: string }
  /** It holds no credentials. */
  | { readonly kind: 'Unusable' }
  | { readonly kind: 'Unreadable'; readonly detail: string };
