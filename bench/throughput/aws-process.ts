import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { listenOnLoopback } from '../../local/embedded-aws/http-server.ts';

/**
 * As much of DynamoDB, S3 and Secrets Manager as one invocation of `fetch-result` uses, in a process of its own, and with
 * next to nothing to do: what is measured is their client. Its parent gets its URL.
 */

const itemSchema = z.record(z.string(), z.unknown());
const getSchema = z.object({ Key: z.object({ taskId: z.object({ S: z.string() }) }) });
const putSchema = z.object({ Item: itemSchema.and(getSchema.shape.Key) });
const items = new Map<string, unknown>();

function answerTo({ headers }: IncomingMessage, body: string): object {
  switch (headers['x-amz-target']) {
    case 'DynamoDB_20120810.GetItem': {
      const item = items.get(getSchema.parse(JSON.parse(body)).Key.taskId.S);
      return item === undefined ? {} : { Item: item };
    }
    case 'DynamoDB_20120810.PutItem': {
      const { Item } = putSchema.parse(JSON.parse(body));
      items.set(Item.taskId.S, Item);
      return {};
    }
    case 'secretsmanager.GetSecretValue':
      return { SecretString: JSON.stringify({ clientId: 'benchmark', clientSecret: 'benchmark' }) };
    default:
      throw new TypeError(`got ${headers['x-amz-target']}, which the benchmark does not use`);
  }
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  if (request.method === 'PUT') {
    response.setHeader('etag', '"0"').end();
    return;
  }
  response
    .setHeader('content-type', 'application/x-amz-json-1.0')
    .end(JSON.stringify(answerTo(request, body)));
});
const { url } = await listenOnLoopback(server);
process.send?.(url);
// However its parent ended.
process.once('disconnect', () => process.exit());
