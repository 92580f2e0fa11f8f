import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';

/** A server that this machine alone can reach. */
export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Whether a request was sent by a page in a browser: another origin's, or one whose name has been made to lead here.
 * Clients that are no browsers send no `Origin`, and the address itself as `Host`.
 */
export function isForeign({ headers, socket }: IncomingMessage): boolean {
  return headers.origin !== undefined || headers.host !== `127.0.0.1:${socket.localPort}`;
}

/** Lets a server answer clients that are no browsers only: no page may read or change what it holds. */
export function refuseForeign(server: Server): Server {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  return server.on('request', (request, response) => {
    if (isForeign(request)) response.writeHead(403).end();
    else for (const listener of listeners) listener.call(server, request, response);
  });
}

/**
 * Lets a server listen on this machine only.
 *
 * @param port a free one, unless one is named
 * @throws Error with the system's `code`, such as EADDRINUSE, when the port cannot be used
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<LoopbackServer> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error(`The server listens on ${address}, not on a port.`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
        // Clients keep connections open; close() would wait for them.
        server.closeAllConnections();
      }),
  };
}
