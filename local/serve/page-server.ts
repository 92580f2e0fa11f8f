import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type LoopbackServer, listenOnLoopback } from '../embedded-aws/http-server.ts';
import { PageRefusal, problemResponse } from './page-error.ts';

/** Answers a request; what it throws is answered as a problem. */
export type Routes = (request: Request) => Promise<Response>;

/** A server that holds its port, and lets requests wait until it is told what to serve. */
export interface PageServer extends LoopbackServer {
  serve(routes: Routes): void;
}

/** Room for an image of tens of megabytes. */
const MAX_BODY_MEBIBYTES = 64;

/** For every answer: it is what it says it is, and no page of another origin may take it in. */
const GUARDS = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' };

/**
 * Starts a server on the loopback interface that answers its own pages only, and clients that are no browsers. The
 * check of `Host` keeps out pages whose name has been made to lead here, that of `Origin` all others.
 *
 * @param port a free one, unless one is named
 * @throws Error with the system's `code` when the port cannot be used
 */
export async function startPageServer(port?: number): Promise<PageServer> {
  const { promise: routes, resolve: serve } = Promise.withResolvers<Routes>();

  async function answer(incoming: IncomingMessage): Promise<Response> {
    try {
      const request = await readRequest(incoming, listening.url);
      return await (await routes)(request);
    } catch (error) {
      return problemResponse(error);
    }
  }

  const server = createServer(async (incoming, outgoing) => {
    // A reader that leaves before the end is nobody's fault.
    await send(await answer(incoming), outgoing).catch(() => outgoing.destroy());
  });
  const listening = await listenOnLoopback(server, port);

  return { ...listening, serve };
}

/** @throws PageRefusal for a request of a foreign page, or one that cannot be read */
async function readRequest(incoming: IncomingMessage, ownUrl: string): Promise<Request> {
  const { method = 'GET', headers } = incoming;
  const names = hostNames(ownUrl);
  if (!names.includes(headers.host ?? '')) {
    throw new PageRefusal(421, `Host: got another than this server's; allowed: ${names.join(', ')}.`);
  }
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    throw new PageRefusal(403, `Origin: got another than this server's; allowed: http://${headers.host}.`);
  }
  // No Request can have this method. API Gateway, too, answers it as any other that has no route.
  if (method === 'TRACE') throw new PageRefusal(404, 'There is nothing to trace.');
  const url = URL.parse(`${ownUrl}${incoming.url}`);
  if (url === null || !incoming.url?.startsWith('/'))
    throw new PageRefusal(400, 'The request names no path.');
  const type = headers['content-type'];
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, {
    method,
    ...(type !== undefined && { headers: { 'content-type': type } }),
    ...(hasBody && { body: await readBody(incoming) }),
  });
}

/** What a client may call this server: `Host` has no port where it is that of http itself. */
export function hostNames(ownUrl: string): string[] {
  const { host } = new URL(ownUrl);
  return [host, host.replace('127.0.0.1', 'localhost')];
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_MEBIBYTES * 1024 * 1024) {
      throw new PageRefusal(413, `body: got more than ${MAX_BODY_MEBIBYTES} MiB; allowed: up to that.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...GUARDS });
  if (response.body === null) outgoing.end();
  // As a stream of Node, the body is cancelled as soon as its reader leaves, though it has nothing to say.
  else await pipeline(Readable.fromWeb(response.body), outgoing);
}
