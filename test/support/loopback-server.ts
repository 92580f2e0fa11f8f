import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Answers one request; one that does nothing leaves its client waiting. */
export type Reply = (response: ServerResponse, request: ReceivedRequest) => void;

/** A real HTTP server on loopback, until the test has finished. `received` lists its requests. */
export async function listen(reply: Reply) {
  const received: ReceivedRequest[] = [];
  const server = createServer(async (message: IncomingMessage, response) => {
    const { method = '', url = '', headers } = message;
    const request = { method, url, authorization: headers.authorization, body: await text(message) };
    received.push(request);
    reply(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { baseUrl: `http://127.0.0.1:${address.port}`, received };
}

export function sends(status: number, body = '', headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, headers).end(body);
  };
}

export function sendsJson(body: unknown, status = 200): Reply {
  return sends(status, JSON.stringify(body), { 'content-type': 'application/json' });
}

/** Writes as long as somebody reads. */
export function endless(response: ServerResponse, write: () => boolean): void {
  const pump = () => {
    while (!response.destroyed && write()) {
      // Written until the connection is full.
    }
  };
  response.on('drain', pump);
  pump();
}

/** The replies in turn; the last one for ever. */
export function inTurn(...replies: readonly Reply[]): Reply {
  let calls = 0;
  return (response, request) => {
    calls += 1;
    replies[Math.min(calls, replies.length) - 1]?.(response, request);
  };
}
