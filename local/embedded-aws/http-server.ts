import { once } from 'node:events';
import type { Server } from 'node:http';

/** A server that this machine alone can reach. */
export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
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
