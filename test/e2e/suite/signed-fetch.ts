import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { dynamoDb } from './aws-clients.ts';

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, or its HMAC, in the form that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: Bytes): void {
    this.#hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('A signature makes a hash once.');
  }
}

function bytes(data: Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** Calls API Gateway with AWS Signature Version 4, by the credentials that the SDK finds. Redirects are not followed. */
export async function signedFetch(address: string, method: string, body?: string): Promise<Response> {
  const url = new URL(address);
  const signer = new SignatureV4({
    service: 'execute-api',
    region: dynamoDb.config.region,
    credentials: dynamoDb.config.credentials,
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port !== '' && { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body,
  });
  const { host: _, ...sent } = headers;
  return await fetch(url, { method, headers: sent, redirect: 'manual', ...(body !== undefined && { body }) });
}
