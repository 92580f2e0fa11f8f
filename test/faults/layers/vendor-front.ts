import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Clock } from '../../../local/clock.ts';
import { resetConnection } from '../../../local/reset-connection.ts';
import { listenOnFreePort } from '../../support/loopback-server.ts';

/** Writes a response byte for byte, as HTTP libraries refuse to send invalid ones. */
export type RawReply = (socket: Socket) => void;

/** The key of the token endpoint among scripts and requests. */
export const TOKEN_ENDPOINT = '/connect/token';

/** A TCP proxy before the simulator, which responds to scripted requests itself. */
export interface VendorFront {
  readonly baseUrl: string;
  /**
   * Gives the nth reply to the nth request for a task, or for a token; the last repeats.
   * `undefined` passes the request on.
   */
  script(taskIdOrEndpoint: string, replies: readonly (RawReply | undefined)[]): void;
  /** Times of the requests for a task, or for tokens, in epoch milliseconds. */
  requestsFor(taskIdOrEndpoint: string): readonly number[];
  /** Resolves when that many more requests for a task, or for tokens, have arrived. */
  requested(taskIdOrEndpoint: string, times?: number): Promise<void>;
  /** Deletes all scripts and requests. */
  forget(): void;
  /** Every access token in a request. */
  readonly tokens: ReadonlySet<string>;
  close(): Promise<void>;
}

export async function startVendorFront(simulatorUrl: string, clock: Clock): Promise<VendorFront> {
  const scripts = new Map<string, (RawReply | undefined)[]>();
  const requests = new Map<string, number[]>();
  const tokens = new Set<string>();
  const open = new Set<Socket>();
  const listeners = new Set<(key: string) => void>();

  function replyTo(head: string): RawReply | undefined {
    const [, path = ''] = head.split(' ', 2);
    const key = new URL(path, simulatorUrl).searchParams.get('id') ?? path;
    const token = /^authorization: Bearer (.+)$/im.exec(head)?.[1]?.trim();
    if (token !== undefined) tokens.add(token);
    requests.set(key, [...(requests.get(key) ?? []), clock.now()]);
    for (const listener of listeners) listener(key);
    const script = scripts.get(key) ?? [];
    return script.length > 1 ? script.shift() : script[0];
  }

  /** Passes one request on, over its own connection, so that the next one is read here, too. */
  function passOn(socket: Socket, request: Buffer): void {
    const { hostname, port } = new URL(simulatorUrl);
    const upstream = connect(Number(port), hostname);
    const text = request.toString('latin1').replace(/^connection: .*$/im, 'connection: close');
    upstream.write(text, 'latin1');
    upstream.on('error', () => resetConnection(socket));
    socket.on('close', () => upstream.destroy());
    socket.pipe(upstream);
    upstream.pipe(socket);
  }

  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    let received = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!received.includes('\r\n\r\n')) return;
      const request = received;
      received = Buffer.alloc(0);
      const reply = replyTo(request.toString('latin1'));
      if (reply !== undefined) return reply(socket);
      socket.off('data', read);
      passOn(socket, request);
    };
    socket.on('data', read);
  });
  const port = await listenOnFreePort(server);

  return {
    baseUrl: `http://127.0.0.1:${port}`,
    script: (key, replies) => void scripts.set(key, [...replies]),
    requestsFor: (key) => requests.get(key) ?? [],
    async requested(awaited, times = 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      let left = times;
      const listener = (key: string) => {
        if (key !== awaited) return;
        left -= 1;
        if (left === 0) resolve();
      };
      listeners.add(listener);
      await promise;
      listeners.delete(listener);
    },
    forget() {
      scripts.clear();
      requests.clear();
    },
    tokens,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
