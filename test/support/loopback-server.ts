import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Responds to one request. A reply that does nothing keeps its client waiting. */
export type Reply = (response: ServerResponse, request: ReceivedRequest) => void;

/** Listens on a free port. @returns the port */
export async function listenOnFreePort(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/**
 * Runs an HTTP server on loopback until the test ends. `received` lists its requests, except those
 * that the client broke off.
 */
export async function listen(reply: Reply) {
  const received: ReceivedRequest[] = [];
  const server = createServer(async (message: IncomingMessage, response) => {
    const { method = '', url = '', headers } = message;
    const body = await text(message).catch(() => undefined);
    if (body === undefined) return;
    const request = { method, url, authorization: headers.authorization, body };
    received.push(request);
    reply(response, request);
  });
  const port = await listenOnFreePort(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${port}`, received };
}

export function replyWith(status: number, body = '', headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, headers).end(body);
  };
}

export function replyWithJson(body: unknown, status = 200): Reply {
  return replyWith(status, JSON.stringify(body), { 'content-type': 'application/json' });
}

/** Writes for as long as the client reads. */
export function endless(response: ServerResponse, write: () => boolean): void {
  const pump = () => {
    while (!response.destroyed && write()) {
      // `write` returns false once the connection is full.
    }
  };
  response.on('drain', pump);
  pump();
}

/** Gives the nth reply to the nth request; the last repeats. */
export function inTurn(...replies: readonly Reply[]): Reply {
  let calls = 0;
  return (response, request) => {
    calls += 1;
    replies[Math.min(calls, replies.length) - 1]?.(response, request);
  };
}
