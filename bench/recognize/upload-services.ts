import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { IMAGE_BYTES, SLOW_BYTES_PER_SECOND } from './upload-workload.ts';

/**
 * Fakes, with TLS, of Aspose and of the S3, DynamoDB and Secrets Manager calls that `submit-image`
 * makes. Aspose below `/slow` reads uploads slowly.
 */

/** A JPEG by its first bytes. */
const image = Buffer.alloc(IMAGE_BYTES, 'ocr-courier');
image.set([0xff, 0xd8, 0xff]);

function sendImage({ headers }: IncomingMessage, response: ServerResponse): void {
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? 'bytes=0-') ?? [];
  const part = image.subarray(Number(from), to === '' ? undefined : Number(to) + 1);
  const range = `bytes ${from}-${Number(from) + part.length - 1}/${image.length}`;
  response.writeHead(206, { 'content-range': range, 'content-length': part.length, etag: '"0"' }).end(part);
}

/** Responds with a task id, if the upload is as long as it must be. */
async function receiveUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isSlow = request.url?.startsWith('/slow/') === true;
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (isSlow) await sleep((1000 * chunk.length) / SLOW_BYTES_PER_SECOND);
  }
  const isWhole = bytes > (4 / 3) * IMAGE_BYTES && bytes === Number(request.headers['content-length']);
  response.writeHead(isWhole ? 200 : 400).end(isWhole ? crypto.randomUUID() : 'incomplete');
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '', 'http://localhost');
  if (pathname.includes('/v5.0/ocr/')) return await receiveUpload(request, response);
  if (request.method === 'GET') return sendImage(request, response);
  response.setHeader('content-type', 'application/json');
  if (pathname.endsWith('/connect/token')) {
    response.end(JSON.stringify({ access_token: 'token', expires_in: 3600, token_type: 'Bearer' }));
  } else if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
    response.end(JSON.stringify({ SecretString: '{"clientId":"benchmark","clientSecret":"benchmark"}' }));
  } else {
    // DynamoDB has no record of the image yet, and accepts every write.
    response.end('{}');
  }
}

const [keyFile = '', certificateFile = ''] = process.argv.slice(2);
const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, respond);
await once(server.listen(0, '127.0.0.1'), 'listening');
const address = server.address();
if (typeof address !== 'object') throw new TypeError('not a TCP server');
process.send?.(`https://127.0.0.1:${address?.port}`);
process.once('disconnect', () => process.exit());
