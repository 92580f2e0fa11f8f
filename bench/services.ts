import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../local/embedded-aws/http-server.ts';
import { type PreparedResponse, prepareResponse } from './prepared-responses.ts';

/**
 * Fakes of Aspose and of the DynamoDB, S3 and Secrets Manager calls that `fetch-result` makes. The
 * task id determines the response. The S3 fake checks documents and stores nothing.
 */

const PENDING = { taskStatus: 'Pending', responseStatusCode: 'NotReady', results: null, error: null };

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
  return polls > pendingPolls ? body : JSON.stringify({ id: taskId, ...PENDING });
}

/** Whether an object has the expected content. Only documents are checked, not manifests. */
async function isExpected(object: IncomingMessage): Promise<boolean> {
  const sha256 = createHash('sha256');
  for await (const chunk of object) sha256.update(chunk);
  const [, taskId] = /\/([^/]+)\/0\.pdf/.exec(object.url ?? '') ?? [];
  return taskId === undefined || responseOf(taskId).sha256 === sha256.digest('hex');
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  if (request.method === 'PUT') {
    response.writeHead((await isExpected(request)) ? 200 : 400, { etag: '"0"' }).end();
    return;
  }
  response.setHeader('content-type', 'application/json; charset=utf-8');
  if (pathname.startsWith('/v5.0/ocr/')) {
    const body = pollResponse(searchParams.get('id') ?? '');
    response.setHeader('content-length', Buffer.byteLength(body)).end(body);
  } else if (pathname === '/connect/token') {
    response.end(JSON.stringify({ access_token: 'token', expires_in: 3600, token_type: 'Bearer' }));
  } else if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
    response.end(JSON.stringify({ SecretString: '{"clientId":"benchmark","clientSecret":"benchmark"}' }));
  } else {
    // DynamoDB has no record of the task yet, and accepts every write.
    response.end('{}');
  }
}

const { url } = await listenOnLoopback(createServer(respond));
process.send?.(url);
process.once('disconnect', () => process.exit());
