import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import * as z from 'zod/mini';
import { type StreamedBody, writeBody } from './streamed-body.ts';

export interface HttpRequest {
  readonly method: 'DELETE' | 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * A streamed body is sent on a new connection. With one that the server has closed meanwhile, it
   * would be uncertain whether the request was received.
   */
  readonly body?: string | StreamedBody;
}

/** A request that is being sent. */
export interface OutgoingRequest {
  readonly message: ClientRequest;
  /** Whether the server may have received the whole request. */
  wasSent(): boolean;
  /** The error of a streamed body that ended the request. */
  bodyFailure(): { readonly error: unknown } | undefined;
}

/**
 * Starts to send a request. An error before the last byte of a streamed body destroys it, unless
 * there is a response.
 */
export function sendRequest(url: URL, { method, headers, body }: HttpRequest): OutgoingRequest {
  const { request } = url.protocol === 'https:' ? https : http;
  const isStreamed = typeof body === 'object';
  const message = request(url, {
    method,
    headers: {
      'user-agent': 'ocr-courier',
      ...headers,
      ...(isStreamed && { 'content-length': body.length }),
    },
    ...(isStreamed && { agent: newConnectionAgent(url) }),
  });
  let isConnected = false;
  let isComplete = !isStreamed || body.length === 0;
  let hasResponse = false;
  let failure: { readonly error: unknown } | undefined;
  message.once('socket', (socket) => {
    if (message.reusedSocket || isEstablished(socket)) {
      isConnected = true;
      return;
    }
    const event = socket instanceof TLSSocket ? 'secureConnect' : 'connect';
    socket.once(event, () => {
      isConnected = true;
    });
  });
  message.once('response', () => {
    hasResponse = true;
  });
  if (isStreamed) {
    const onLast = () => {
      isComplete = true;
    };
    writeBody(message, body, onLast).catch((error) => {
      // An error after the last byte does not undo the request.
      if (hasResponse || isComplete) return;
      failure = { error };
      message.destroy();
    });
  } else message.end(body);
  return {
    message,
    wasSent: () => hasResponse || (isConnected && isComplete),
    bodyFailure: () => failure,
  };
}

/** An agent has the settings of the proxy, if there is one. Node.js's types omit the options. */
const agentSchema = z.object({ options: z.looseObject({}) });

function newConnectionAgent(url: URL): http.Agent {
  const module = url.protocol === 'https:' ? https : http;
  return new module.Agent({ ...z.parse(agentSchema, module.globalAgent).options, keepAlive: false });
}

function isEstablished(socket: Socket): boolean {
  if (socket.connecting) return false;
  return !(socket instanceof TLSSocket) || Boolean(socket.getProtocol()?.startsWith('TLS'));
}
