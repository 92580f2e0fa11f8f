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
import { type LoopbackServer, listenOnLoopback } from '../../../local/embedded-aws/http-server.ts';
import { resetConnection } from '../../../local/reset-connection.ts';

/** A call of a function to AWS. */
export interface AwsCall {
  readonly service: EmbeddedService;
  /** PutItem, PutObject, PutObjectTagging, GetSecretValue, ... */
  readonly operation: string;
  /** The object's key, or the parameters as JSON. */
  readonly about: string;
}

/** What happens to a call. */
export type AwsFault =
  /** It fails with this error. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  /** The connection breaks before the call takes effect. */
  | { readonly kind: 'reset' }
  /** The call takes effect, and the connection breaks before the response. */
  | { readonly kind: 'lost' }
  /** The call takes effect after this time. */
  | { readonly kind: 'late'; readonly milliseconds: number }
  /** No response ever comes. */
  | { readonly kind: 'silence' }
  /** The functions are killed before the call takes effect, or after it and before the response. */
  | { readonly kind: 'kill'; readonly moment: 'before' | 'after' };

/** A fault, and the calls that meet it. */
export interface AwsInjection extends Pick<AwsCall, 'service' | 'operation'> {
  /** Limits the fault to calls about this. @default - all */
  readonly about?: string | RegExp;
  /** Number of calls that succeed first. @default 0 */
  readonly after?: number;
  /** Number of calls that then meet the fault. @default 1 */
  readonly times?: number;
  readonly fault: AwsFault;
}

/** Proxies between the functions and the embedded services. */
export interface AwsFaultLayer {
  /** Starts a proxy for a service. @returns its URL */
  routeOf(service: EmbeddedService, url: string): Promise<string>;
  /** Adds a fault. @returns a function that counts the calls that met it */
  inject(injection: AwsInjection): () => number;
  /** Sets a function that chooses a fault for each call that meets none of the added ones. */
  draw(faultOf: ((call: AwsCall) => AwsFault | undefined) | undefined): void;
  /** Removes all faults. */
  heal(): void;
  /** Calls back once, when such a call has taken effect and before its response. */
  onceCarriedOut(matches: (call: AwsCall) => boolean, callback: () => void): void;
  /** Every call that took effect, with the status of its response. */
  readonly carriedOut: readonly (AwsCall & { readonly status: number })[];
  /** Empties `carriedOut`. */
  forget(): void;
  close(): Promise<void>;
}

interface AwsResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
}

export function createAwsFaultLayer(killFunctions: () => Promise<void>): AwsFaultLayer {
  const injections = new Set<{ injection: AwsInjection; seen: number; struck: number }>();
  const carriedOut: (AwsCall & { status: number })[] = [];
  const listeners = new Set<{ matches: (call: AwsCall) => boolean; callback: () => void }>();
  const proxies: LoopbackServer[] = [];
  const agent = new Agent({ keepAlive: true });
  let drawn: (call: AwsCall) => AwsFault | undefined = () => undefined;

  function faultOf(call: AwsCall): AwsFault | undefined {
    for (const state of injections) {
      const { service, operation, about = '', after = 0, times = 1, fault } = state.injection;
      const matches = typeof about === 'string' ? call.about.includes(about) : about.test(call.about);
      if (call.service !== service || call.operation !== operation || !matches) continue;
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
  ): Promise<AwsResponse> {
    const { method, headers } = incoming;
    const outgoing = request(new URL(incoming.url ?? '', url), {
      method: method ?? 'GET',
      // The embedded services refuse requests for another host.
      headers: { ...headers, host: new URL(url).host },
      agent,
    });
    outgoing.end(body);
    const [response]: IncomingMessage[] = await once(outgoing, 'response');
    if (response === undefined) throw new Error('there is no response');
    const status = response.statusCode ?? 0;
    carriedOut.push({ ...call, status });
    for (const listener of listeners) {
      if (!listener.matches(call)) continue;
      listeners.delete(listener);
      listener.callback();
    }
    return { status, headers: response.headers, body: await buffer(response) };
  }

  async function serve(
    service: EmbeddedService,
    url: string,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await buffer(incoming);
    const call = callOf(service, incoming, body);
    const fault = faultOf(call);
    const send = ({ status, headers, body: text }: AwsResponse) => {
      response.writeHead(status, headers);
      response.end(text);
    };
    switch (fault?.kind) {
      case undefined:
        return send(await carryOut(call, url, incoming, body));
      case 'error':
        return send(errorResponse(service, fault));
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
      const proxy = await listenOnLoopback(server);
      proxies.push(proxy);
      return proxy.url;
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
      await Promise.all(proxies.map((proxy) => proxy.close()));
      agent.destroy();
    },
  };
}

const S3_OPERATIONS: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
};

function callOf(
  service: EmbeddedService,
  { method = '', url = '', headers }: IncomingMessage,
  body: Buffer,
): AwsCall {
  const target = headers['x-amz-target'];
  if (typeof target === 'string')
    return { service, operation: target.slice(target.lastIndexOf('.') + 1), about: body.toString() };
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const operation = S3_OPERATIONS[method] ?? method;
  return {
    service,
    operation: searchParams.has('tagging') ? `${operation}Tagging` : operation,
    about: pathname,
  };
}

/** Returns an error in the format of the service. */
function errorResponse(
  service: EmbeddedService,
  { status, code }: Extract<AwsFault, { kind: 'error' }>,
): AwsResponse {
  if (service === 's3') {
    const body = Buffer.from(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected</Message></Error>`,
    );
    return { status, headers: { 'content-type': 'application/xml' }, body };
  }
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
  return { status, headers, body: Buffer.from(JSON.stringify({ __type: code, message: 'injected' })) };
}
