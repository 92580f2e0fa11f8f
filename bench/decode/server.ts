import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { listenOnLoopback } from '../../local/embedded-aws/http-server.ts';
import { type PreparedAnswer, prepareAnswer } from './answers.ts';

/**
 * The vendor and the S3 of the measured processes, in a process of their own, so that what they use is nobody's. The
 * vendor answers a task with the body that its id asks for. S3 takes objects, holds their length and checksum against what
 * was announced, and documents against what they must be, and keeps nothing.
 */

let prepared: { readonly taskId: string; readonly answer: PreparedAnswer } | undefined;

/** The last one is kept: it is asked for again and again. */
function answerOf(taskId: string): PreparedAnswer {
  if (prepared?.taskId !== taskId) prepared = { taskId, answer: prepareAnswer(taskId) };
  return prepared.answer;
}

function answerTask({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const { body } = answerOf(new URL(url, 'http://vendor').searchParams.get('id') ?? '');
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
  response.writeHead(200, headers).end(body);
}

async function takeObject(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = await faultOf(request);
  response.writeHead(fault === undefined ? 200 : 400, { etag: '"0"' }).end(fault);
}

/** What is wrong with an object. */
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
  if (String(bytes) !== headers['content-length']) return 'not as long as announced';
  const announced = headers['x-amz-checksum-sha256'] ?? headers['x-amz-checksum-crc32'];
  const checksums = [digest.toString('base64'), checksumOf(crc)];
  if (!checksums.includes(String(announced))) return 'another checksum than announced, or none';
  const [, taskId] = /\/([^/]+)\/0\.pdf/.exec(url) ?? [];
  if (taskId !== undefined && answerOf(taskId).sha256 !== digest.toString('hex')) return 'another document';
  return undefined;
}

function checksumOf(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

const vendor = await listenOnLoopback(createServer(answerTask));
const storage = await listenOnLoopback(createServer(takeObject));
process.send?.({ vendorUrl: vendor.url, storageUrl: storage.url });
process.once('disconnect', () => process.exit());
