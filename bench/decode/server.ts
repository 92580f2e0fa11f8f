import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { listenOnLoopback } from '../../local/embedded-aws/http-server.ts';
import { type PreparedResponse, prepareResponse } from './responses.ts';

/**
 * The vendor and S3 in a process of their own, so that no contestant pays for them. The task id
 * determines the response. S3 checks length, checksum and documents, and keeps nothing.
 */

let prepared: { readonly taskId: string; readonly response: PreparedResponse } | undefined;

/** Returns the response of a task and keeps the last one for the next request. */
function responseOf(taskId: string): PreparedResponse {
  if (prepared?.taskId !== taskId) prepared = { taskId, response: prepareResponse(taskId) };
  return prepared.response;
}

function sendResponse({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const { body } = responseOf(new URL(url, 'http://vendor').searchParams.get('id') ?? '');
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
  response.writeHead(200, headers).end(body);
}

async function receiveObject(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = await faultOf(request);
  response.writeHead(fault === undefined ? 200 : 400, { etag: '"0"' }).end(fault);
}

/** Returns what is wrong with an object, if anything. */
async function faultOf(request: IncomingMessage): Promise<string | undefined> {
  const { headers, url = '' } = request;
  const sha256 = createHash('sha256');
  let crc = 0;
  let bytes = 0;
  for await (const chunk of request) {
    sha256.update(chunk);
    crc = crc32(chunk, crc);
    bytes += chunk.length;
  }
  const digest = sha256.digest();
  if (String(bytes) !== headers['content-length']) return 'content-length differs from the body';
  const announced = headers['x-amz-checksum-sha256'] ?? headers['x-amz-checksum-crc32'];
  const checksums = [digest.toString('base64'), checksumOf(crc)];
  if (!checksums.includes(String(announced))) return 'checksum header is missing or differs from the body';
  const [, taskId] = /\/([^/]+)\/0\.pdf/.exec(url) ?? [];
  if (taskId !== undefined && responseOf(taskId).sha256 !== digest.toString('hex'))
    return 'the document differs from the expected one';
  return undefined;
}

function checksumOf(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

const vendor = await listenOnLoopback(createServer(sendResponse));
const storage = await listenOnLoopback(createServer(receiveObject));
process.send?.({ vendorUrl: vendor.url, storageUrl: storage.url });
process.once('disconnect', () => process.exit());
