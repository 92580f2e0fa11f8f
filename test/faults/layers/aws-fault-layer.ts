import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { EmbeddedService } from '../../../local/embedded-aws/embedded-stack.ts';
import { resetConnection } from '../../../local/reset-connection.ts';

/** A call that a function makes to AWS. */
export interface AwsCall {
  readonly service: EmbeddedService;
  /** PutItem, PutObject, GetSecretValue, ... */
  readonly operation: string;
  /** The object's key, or the parameters as JSON. */
  readonly about: string;
}

/** What becomes of a call. */
export type AwsFault =
  /** It is refused with this error. */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  /** The connection breaks before it is carried out. */
  | { readonly kind: 'reset' }
  /** It is carried out, and the connection breaks before its answer. */
  | { readonly kind: 'lost' }
  /** It is carried out, after this time of the machine. */
  | { readonly kind: 'late'; readonly milliseconds: number }
  /** It is never answered. */
  | { readonly kind: 'silence' }
  /** The functions are killed: before it is carried out, or after it and before its answer. */
  | { readonly kind: 'kill'; readonly moment: 'before' | 'after' };

/** Which calls a fault befalls. */
export interface AwsInjection extends Pick<AwsCall, 'service' | 'operation'> {
  /** Only calls about this. @default - all */
  readonly about?: string | RegExp;
  /** So many of them go well before. @default 0 */
  readonly after?: number;
  /** @default 1 */
  readonly times?: number;
  readonly fault: AwsFault;
}

/** Stands between the functions and the embedded services. */
export interface AwsFaultLayer {
  routeOf(service: EmbeddedService, url: string): Promise<string>;
  /** Adds a fault. @returns how often it has struck so far */
  inject(injection: AwsInjection): () => number;
  /** Asks for a fault at each call that none of those added befalls. */
  draw(faultOf: ((call: AwsCall) => AwsFault | undefined) | undefined): void;
  /** No fault strikes any more. */
  heal(): void;
  /** Calls back, once, when such a call has been carried out and before it is answered. */
  onceCarriedOut(matches: (call: AwsCall) => boolean, callback: () => void): void;
  /** Every call that was carried out, with the status of its answer. */
  readonly carriedOut: readonly (AwsCall & { readonly status: number })[];
  /** Empties `carriedOut`. */
  forget(): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
}

export function createAwsFaultLayer(killFunctions: () => Promise<void>): AwsFaultLayer {
  const injections = new Set<{ injection: AwsInjection; seen: number; struck: number }>();
  const carriedOut: (AwsCall & { status: number })[] = [];
  const listeners = new Set<{ matches: (call: AwsCall) => boolean; callback: () => void }>();
  const closers: (() => Promise<void>)[] = [];
  const agent = new Agent({ keepAlive: true });
  let drawn: (call: AwsCall) => AwsFault | undefined = () => undefined;

  function faultOf(call: AwsCall): AwsFault | undefined {
    for (const state of injections) {
      const { service, operation, about = '', after = 0, times = 1, fault } = state.injection;
      const meant = typeof about === 'string' ? call.about.includes(about) : about.test(call.about);
      if (call.service !== service || call.operation !== operation || !meant) continue;
      state.seen += 1;
      if (state.seen <= after || state.struck >= times) continue;
      state.struck += 1;
      return fault;
    }
    return drawn(call);
  }

  async function carryOut(
    call: AwsCall,
    url: string,
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<Answer> {
    const { method, headers } = incoming;
    const outgoing = request(new URL(incoming.url ?? '', url), {
      method: method ?? 'GET',
      // The embedded services are spoken to by their own names only.
      headers: { ...headers, host: new URL(url).host },
      agent,
    });
    outgoing.end(body);
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    if (answer === undefined) throw new Error('there is no answer');
    const status = answer.statusCode ?? 0;
    carriedOut.push({ ...call, status });
    for (const listener of listeners) {
      if (!listener.matches(call)) continue;
      listeners.delete(listener);
      listener.callback();
    }
    return { status, headers: answer.headers, body: await buffer(answer) };
  }

  async function serve(
    service: EmbeddedService,
    url: string,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await buffer(incoming);
    const call = describe(service, incoming, body);
    const fault = faultOf(call);
    const send = ({ status, headers, body: text }: Answer) => {
      response.writeHead(status, headers);
      response.end(text);
    };
    switch (fault?.kind) {
      case undefined:
        return send(await carryOut(call, url, incoming, body));
      case 'answer':
        return send(refusal(service, fault));
      case 'reset':
        resetConnection(response.socket);
        return;
      case 'lost':
        await carryOut(call, url, incoming, body);
        resetConnection(response.socket);
        return;
      case 'late':
        await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
        return send(await carryOut(call, url, incoming, body));
      case 'silence':
        return;
      case 'kill':
        if (fault.moment === 'after') await carryOut(call, url, incoming, body);
        return await killFunctions();
    }
  }

  return {
    async routeOf(service, url) {
      const server = createServer((incoming, response) => {
        serve(service, url, incoming, response).catch(() => resetConnection(response.socket));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      closers.push(async () => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      });
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      return `http://127.0.0.1:${address.port}`;
    },
    inject(injection) {
      const state = { injection, seen: 0, struck: 0 };
      injections.add(state);
      return () => state.struck;
    },
    draw(faultOf = () => undefined) {
      drawn = faultOf;
    },
    heal() {
      injections.clear();
      drawn = () => undefined;
    },
    onceCarriedOut: (matches, callback) => void listeners.add({ matches, callback }),
    carriedOut,
    forget() {
      carriedOut.length = 0;
    },
    async close() {
      await Promise.all(closers.map((close) => close()));
      agent.destroy();
    },
  };
}

const S3_OPERATIONS: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
};

function describe(
  service: EmbeddedService,
  { method = '', url = '', headers }: IncomingMessage,
  body: Buffer,
): AwsCall {
  const target = headers['x-amz-target'];
  return typeof target === 'string'
    ? { service, operation: target.slice(target.lastIndexOf('.') + 1), about: body.toString() }
    : { service, operation: S3_OPERATIONS[method] ?? method, about: new URL(url, 'http://s3').pathname };
}

/** An error in the service's own form. */
function refusal(service: EmbeddedService, { status, code }: Extract<AwsFault, { kind: 'answer' }>): Answer {
  if (service === 's3') {
    const body = Buffer.from(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected</Message></Error>`,
    );
    return { status, headers: { 'content-type': 'application/xml' }, body };
  }
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
  return { status, headers, body: Buffer.from(JSON.stringify({ __type: code, message: 'injected' })) };
}
