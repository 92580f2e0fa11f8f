import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { listenOnLoopback } from '../local/embedded-aws/http-server.ts';
import { type PreparedResponse, prepareResponse } from './prepared-responses.ts';

/**
 * Aspose, and the parts of DynamoDB, S3 and Secrets Manager that `fetch-result` uses. The task id
 * determines the response. S3 checks length, checksum and documents, and keeps nothing.
 */

let prepared: { readonly taskId: string; readonly response: PreparedResponse } | undefined;
let polls = 0;

/** Returns the response of a task and keeps it for the next request. */
function responseOf(taskId: string): PreparedResponse {
  if (prepared?.taskId !== taskId) {
    prepared = { taskId, response: prepareResponse(taskId) };
    polls = 0;
  }
  return prepared.response;
}

function pollResponse(taskId: string): Buffer | string {
  const { body, pendingPolls } = responseOf(taskId);
  polls += 1;
  if (polls > pendingPolls) return body;
  const taskStatus = 'Pending';
  return JSON.stringify({
    id: taskId,
    taskStatus,
    responseStatusCode: 'NotReady',
    results: null,
    error: null,
  });
}

/** Returns what is wrong with an object, if anything. */
async function faultOf(request: IncomingMessage): Promise<string | undefined> {
  const { headers, url = '' } = request;
  const sha256 = createHash('sha256');
  const crc = Buffer.alloc(4);
  let bytes = 0;
  for await (const chunk of request) {
    sha256.update(chunk);
    crc.writeUInt32BE(crc32(chunk, crc.readUInt32BE()));
    bytes += chunk.length;
  }
  const digest = sha256.digest();
  if (String(bytes) !== headers['content-length']) return 'content-length differs from the body';
  const announced = headers['x-amz-checksum-sha256'] ?? headers['x-amz-checksum-crc32'];
  const checksums = [digest.toString('base64'), crc.toString('base64')];
  if (!checksums.includes(String(announced))) return 'checksum header is missing or differs from the body';
  const [, taskId] = /\/([^/]+)\/0\.pdf/.exec(url) ?? [];
  if (taskId !== undefined && responseOf(taskId).sha256 !== digest.toString('hex'))
    return 'the document differs from the expected one';
  return undefined;
}

const itemSchema = z.looseObject({ taskId: z.object({ S: z.string() }) });
const dynamoDbSchema = z.object({ Key: itemSchema.optional(), Item: itemSchema.optional() });
const items = new Map<string, unknown>();

function awsResponse(target: unknown, body: string): object {
  if (target === 'secretsmanager.GetSecretValue') {
    return { SecretString: JSON.stringify({ clientId: 'benchmark', clientSecret: 'benchmark' }) };
  }
  const { Key: key, Item: item } = dynamoDbSchema.parse(JSON.parse(body));
  if (item !== undefined) items.set(item.taskId.S, item);
  const found = items.get(key?.taskId.S ?? '');
  return found === undefined ? {} : { Item: found };
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  if (request.method === 'PUT') {
    const fault = await faultOf(request);
    response.writeHead(fault === undefined ? 200 : 400, { etag: '"0"' }).end(fault);
    return;
  }
  const received = await text(request);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  if (pathname.startsWith('/v5.0/ocr/')) {
    const body = pollResponse(searchParams.get('id') ?? '');
    response.setHeader('content-length', Buffer.byteLength(body)).end(body);
  } else if (pathname === '/connect/token') {
    response.end(JSON.stringify({ access_token: 'token', expires_in: 3600, token_type: 'Bearer' }));
  } else {
    response.end(JSON.stringify(awsResponse(request.headers['x-amz-target'], received)));
  }
}

const { url } = await listenOnLoopback(createServer(respond));
process.send?.(url);
process.once('disconnect', () => process.exit());
