import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Clock } from '../../../local/clock.ts';
import { resetConnection } from '../../../local/reset-connection.ts';

/** Answers a request that has arrived, byte for byte: HTTP libraries will not send what is wrong. */
export type RawReply = (socket: Socket) => void;

/** The token endpoint, where a script is for a task. */
export const TOKEN_ENDPOINT = '/connect/token';

/** Stands before the simulator, on the network's level: hands requests on, but for those that it is to answer itself. */
export interface VendorFront {
  readonly baseUrl: string;
  /**
   * Scripts the requests for a task, or for tokens: the n-th gets the n-th reply, the last repeats. `undefined`
   * hands the request on.
   */
  script(taskIdOrEndpoint: string, replies: readonly (RawReply | undefined)[]): void;
  /** When there were requests for a task, or for tokens, in epoch milliseconds of the clock. */
  requestsFor(taskIdOrEndpoint: string): readonly number[];
  /** Empties the scripts, and what `requestsFor` tells. */
  forget(): void;
  /** Every access token that came by. */
  readonly tokens: ReadonlySet<string>;
  close(): Promise<void>;
}

export async function startVendorFront(simulatorUrl: string, clock: Clock): Promise<VendorFront> {
  const scripts = new Map<string, (RawReply | undefined)[]>();
  const requests = new Map<string, number[]>();
  const tokens = new Set<string>();
  const open = new Set<Socket>();

  function replyTo(head: string): RawReply | undefined {
    const [, path = ''] = head.split(' ', 2);
    const key = new URL(path, simulatorUrl).searchParams.get('id') ?? path;
    const token = /^authorization: Bearer (.+)$/im.exec(head)?.[1]?.trim();
    if (token !== undefined) tokens.add(token);
    requests.set(key, [...(requests.get(key) ?? []), clock.now()]);
    const script = scripts.get(key) ?? [];
    return script.length > 1 ? script.shift() : script[0];
  }

  /** A connection to the simulator carries one request: the next one is looked at here again. */
  function handOn(socket: Socket, request: Buffer): void {
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
      handOn(socket, request);
    };
    socket.on('data', read);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    script: (key, replies) => void scripts.set(key, [...replies]),
    requestsFor: (key) => requests.get(key) ?? [],
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
