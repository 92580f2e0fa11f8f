import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type LoopbackServer, listenOnLoopback } from '../embedded-aws/http-server.ts';
import { declaredBytes, readLimitedBody } from '../read-body.ts';
import { createTurns } from '../turns.ts';
import { PageError, problemResponse } from './page-error.ts';

/** Handles a request. The server turns a thrown error into a problem response. */
export type Routes = (request: Request) => Promise<Response>;

/** A server that occupies its port immediately. Requests wait until `serve` is called. */
export interface PageServer extends LoopbackServer {
  serve(routes: Routes): void;
}

/** Leaves room for an image of tens of megabytes. */
const MAX_BODY_MEBIBYTES = 64;
const MAX_BODY_BYTES = MAX_BODY_MEBIBYTES * 1024 * 1024;

/** Browsers must not guess a response's type, nor load it into a page of another origin. */
const GUARDS = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' };

/**
 * Starts a loopback server for its own page and for clients that are not browsers. The check of
 * `Host` stops DNS rebinding; the check of `Origin` stops all other pages.
 *
 * @param port a free port by default
 * @throws Error with the system's `code` when the port cannot be used
 */
export async function startPageServer(port?: number): Promise<PageServer> {
  const { promise: routes, resolve: serve } = Promise.withResolvers<Routes>();

  // A submission takes several times the memory of its file.
  const takeTurn = createTurns(MAX_BODY_BYTES);

  async function respond(incoming: IncomingMessage): Promise<Response> {
    try {
      return await takeTurn(declaredBytes(incoming, MAX_BODY_BYTES), async () => {
        const request = await readRequest(incoming, listening.url);
        return await (await routes)(request);
      });
    } catch (error) {
      return problemResponse(error);
    }
  }

  const server = createServer(async (incoming, outgoing) => {
    // A client may disconnect before the end of the response.
    await send(await respond(incoming), outgoing).catch(() => outgoing.destroy());
  });
  const listening = await listenOnLoopback(server, port);

  return { ...listening, serve };
}

/** The request headers that have a meaning for the page's routes or the HTTP API. */
const FORWARDED_HEADERS = ['content-type', 'prefer'] as const;

/** @throws PageError for a request from a foreign page, or one that cannot be read */
async function readRequest(incoming: IncomingMessage, ownUrl: string): Promise<Request> {
  const { method = 'GET', headers } = incoming;
  const names = hostNames(ownUrl);
  if (!names.includes(headers.host ?? '')) {
    throw new PageError(421, `Host: got a foreign name; allowed: ${names.join(', ')}`);
  }
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    throw new PageError(403, `Origin: got a foreign page; allowed: http://${headers.host}`);
  }
  // The Request class does not support TRACE. API Gateway, too, responds to it with 404.
  if (method === 'TRACE') throw new PageError(404, 'There is no route for TRACE.');
  const url = URL.parse(`${ownUrl}${incoming.url}`);
  if (url === null || !incoming.url?.startsWith('/')) throw new PageError(400, 'The request has no path.');
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, {
    method,
    headers: FORWARDED_HEADERS.flatMap((name): [string, string][] => {
      const value = headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
    ...(hasBody && { body: await readBody(incoming) }),
  });
}

/** Lists the valid `Host` headers. They omit port 80, the default of http. */
export function hostNames(ownUrl: string): string[] {
  const { host } = new URL(ownUrl);
  return [host, host.replace('127.0.0.1', 'localhost')];
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const body = await readLimitedBody(incoming.iterator({ destroyOnReturn: false }), MAX_BODY_BYTES);
  if (body !== undefined) return body;
  const limit = `${MAX_BODY_MEBIBYTES} MiB`;
  throw new PageError(413, `body: got more than ${limit}; allowed: at most ${limit}`);
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...GUARDS });
  if (response.body === null) outgoing.end();
  // A Node.js stream cancels even an idle body as soon as its reader disconnects.
  else await pipeline(Readable.fromWeb(response.body), outgoing);
}
