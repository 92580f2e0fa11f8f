import { SignatureV4 } from '@smithy/signature-v4';
import { dynamoDb } from './aws-clients.ts';

/**
 * Calls API Gateway with AWS Signature Version 4 and the SDK's default credentials. Does not follow
 * redirects.
 */
export async function signedFetch(
  address: string,
  method: string,
  body: string | undefined,
  ownHeaders: Readonly<Record<string, string>>,
): Promise<Response> {
  const url = new URL(address);
  const { region, credentials, sha256 } = dynamoDb.config;
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256 });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port !== '' && { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: {
      ...ownHeaders,
      host: url.host,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body,
  });
  const { host: _, ...sent } = headers;
  return await fetch(url, { method, headers: sent, redirect: 'manual', ...(body !== undefined && { body }) });
}
