import { InvalidOption } from './invalid-option.ts';
import type { AwsCredentials } from './types.ts';

/** The packages of the AWS SDK with its default chain, and the function that creates it. */
const CHAINS = [
  ['@aws-sdk/credential-provider-node', 'defaultProvider'],
  ['@aws-sdk/credential-providers', 'fromNodeProviderChain'],
] as const;

/**
 * Finds the credentials of the environment, or else the default chain of the AWS SDK.
 *
 * @returns a function that returns current credentials
 * @throws TypeError when neither exists
 */
export async function findDefaultCredentials(): Promise<() => Promise<AwsCredentials>> {
  const accessKeyId = readVariable('AWS_ACCESS_KEY_ID');
  const secretAccessKey = readVariable('AWS_SECRET_ACCESS_KEY');
  const sessionToken = readVariable('AWS_SESSION_TOKEN');
  // The chain of the SDK prefers a profile, too.
  const hasProfile = readVariable('AWS_PROFILE') !== undefined;
  if (accessKeyId !== undefined && secretAccessKey !== undefined && !hasProfile) {
    return async () => ({ accessKeyId, secretAccessKey, sessionToken });
  }
  for (const [name, member] of CHAINS) {
    const provide = await importChain(name, member);
    if (provide !== undefined) return async () => checkCredentials(await provide());
  }
  throw new InvalidOption(
    'credentials',
    'none, and no package of the AWS SDK',
    'credentials or a token, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or an installed @aws-sdk/credential-provider-node',
  );
}

/** Reads an environment variable. Browsers have none. */
export function readVariable(name: string): string | undefined {
  const { env } = Object(Reflect.get(globalThis, 'process'));
  const value: unknown = Object(env)[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function importChain(name: string, member: string): Promise<(() => Promise<unknown>) | undefined> {
  try {
    // The name is a variable, so that a bundler does not require the package.
    const module: unknown = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    const provide: unknown = Object(module)[member]();
    return typeof provide === 'function' ? async () => await provide() : undefined;
  } catch {
    return undefined;
  }
}

function checkCredentials(found: unknown): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken } = Object(found);
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') {
    return { accessKeyId, secretAccessKey, ...(typeof sessionToken === 'string' && { sessionToken }) };
  }
  throw new InvalidOption('credentials', 'none from the AWS SDK', 'an access key with its secret');
}
