import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { listenOnLoopback } from '../../local/embedded-aws/http-server.ts';

/**
 * Aspose, and the parts of DynamoDB, S3 and Secrets Manager that `fetch-result` uses. They run in a
 * process of their own, so that their CPU time does not count. The parent receives the URL.
 */

const DOCUMENT = Buffer.alloc(2048, 'All men live enveloped in whale-lines.\n').toString('base64');
const PENDING = { taskStatus: 'Pending', responseStatusCode: 'NotReady', results: null };
const COMPLETED = {
  taskStatus: 'Completed',
  responseStatusCode: 'Ok',
  results: [{ type: 'Text', data: DOCUMENT }],
};

const pollsByTask = new Map<string, number>();

/** A task id starts with the number of polls that receive Pending. */
function pollResponse(taskId: string): object {
  const polls = pollsByTask.get(taskId) ?? 0;
  pollsByTask.set(taskId, polls + 1);
  return { id: taskId, ...(polls < Number.parseInt(taskId, 10) ? PENDING : COMPLETED), error: null };
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

function responseTo({ url = '', headers, method }: IncomingMessage, body: string): object {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  // PutObject
  if (method === 'PUT') return {};
  if (pathname === '/connect/token') {
    return { access_token: 'token', expires_in: 3600, token_type: 'Bearer' };
  }
  if (pathname.startsWith('/v5.0/ocr/')) return pollResponse(searchParams.get('id') ?? '');
  return awsResponse(headers['x-amz-target'], body);
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  response.setHeader('content-type', 'application/json; charset=utf-8').setHeader('etag', '"0"');
  response.end(JSON.stringify(responseTo(request, body)));
});
const { url } = await listenOnLoopback(server);
process.send?.(url);
process.once('disconnect', () => process.exit());
