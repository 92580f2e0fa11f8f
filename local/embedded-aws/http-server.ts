import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { allowsOrigin, type CorsRule } from './cors.ts';

/** A server that only this machine can reach. */
export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Whether a web page sent a request: from another origin, or through a DNS name rebound to this
 * machine. Other clients send no `Origin`, and the address itself as `Host`.
 *
 * @param rule allows pages of some origins
 */
export function isForeign(request: IncomingMessage, rule?: CorsRule): boolean {
  const { headers, socket } = request;
  if (headers.origin !== undefined && !allowsOrigin(rule, request)) return true;
  return headers.host !== `127.0.0.1:${socket.localPort}`;
}

/**
 * Makes a server reject requests of web pages, which must not read or change its data.
 *
 * @param ruleOf returns the rule that allows pages of some origins
 */
export function refuseForeign(server: Server, ruleOf: () => CorsRule | undefined = () => undefined): Server {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  return server.on('request', (request, response) => {
    if (isForeign(request, ruleOf())) response.writeHead(403).end();
    else for (const listener of listeners) listener.call(server, request, response);
  });
}

/**
 * Starts a server on the loopback interface.
 *
 * @param port a free port by default
 * @throws Error with the system's `code`, such as EADDRINUSE, when the port cannot be used
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<LoopbackServer> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error(`The server listens on ${address} instead of a port.`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
        // Clients keep connections open, and close() waits for them.
        server.closeAllConnections();
      }),
  };
}
