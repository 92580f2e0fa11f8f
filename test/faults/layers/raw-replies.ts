import { resetConnection } from '../../../local/reset-connection.ts';
import type { RawReply } from './vendor-front.ts';

const head = (lines: readonly string[], status = '200 OK') =>
  `HTTP/1.1 ${[status, ...lines].join('\r\n')}\r\n\r\n`;

/** Sends these bytes and closes the connection. */
export function bytes(...parts: readonly (string | Uint8Array)[]): RawReply {
  return (socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };
}

/** Sends these bytes and resets the connection. */
export function bytesThenReset(...parts: readonly string[]): RawReply {
  return (socket) => {
    for (const part of parts) socket.write(part);
    // A reset discards bytes that are not yet sent.
    setImmediate(() => setImmediate(() => resetConnection(socket)));
  };
}

/** Sends these bytes and keeps the connection open. */
export function bytesThenSilence(...parts: readonly string[]): RawReply {
  return (socket) => {
    for (const part of parts) socket.write(part);
  };
}

/** Sends `start`, then `piece` every 50 ms until the client closes the connection. */
export function drip(start: string, piece: string): RawReply {
  return (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(piece), 50);
    socket.on('close', () => clearInterval(timer));
  };
}

/** Sends a valid response in pieces of that many bytes. */
export function inPieces(body: string, length: number): RawReply {
  const whole = Buffer.from(withLength(body));
  return (socket) => {
    socket.setNoDelay(true);
    for (let at = 0; at < whole.length; at += length) socket.write(whole.subarray(at, at + length));
    socket.end();
  };
}

/** Returns a 200 with a content-length. @param length other than the body's own */
export function withLength(body: string, length: number | string = Buffer.byteLength(body)): string {
  return `${head(['content-type: application/json', `content-length: ${length}`, 'connection: close'])}${body}`;
}

/** Returns a 200 that ends with the connection. */
export function untilClose(body: string): string {
  return `${head(['content-type: application/json', 'connection: close'])}${body}`;
}

/** Returns a chunked 200. @param whole whether the final empty chunk is there */
export function chunked(chunks: readonly string[], whole = true): string {
  const coded = chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('');
  return `${head(['transfer-encoding: chunked', 'connection: close'])}${coded}${whole ? '0\r\n\r\n' : ''}`;
}

/** Returns a response with these header lines and this body. */
export function withHeaders(lines: readonly string[], body = '', status?: string): string {
  return `${head(lines, status)}${body}`;
}
