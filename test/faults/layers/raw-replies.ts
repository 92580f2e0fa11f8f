import { resetConnection } from '../../../local/reset-connection.ts';
import type { RawReply } from './vendor-front.ts';

/** What an HTTP server can get wrong below HTTP. */

const head = (lines: readonly string[], status = '200 OK') =>
  `HTTP/1.1 ${[status, ...lines].join('\r\n')}\r\n\r\n`;

/** These bytes, then the end of the connection. */
export function bytes(...parts: readonly (string | Uint8Array)[]): RawReply {
  return (socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };
}

/** These bytes, then a reset. */
export function bytesThenReset(...parts: readonly string[]): RawReply {
  return (socket) => {
    for (const part of parts) socket.write(part);
    // Sent first: a reset overtakes what is not yet written.
    setImmediate(() => setImmediate(() => resetConnection(socket)));
  };
}

/** These bytes, then nothing more. */
export function bytesThenSilence(...parts: readonly string[]): RawReply {
  return (socket) => {
    for (const part of parts) socket.write(part);
  };
}

/** A byte now and then, for ever. */
export function drip(start: string, piece: string): RawReply {
  return (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(piece), 50);
    socket.on('close', () => clearInterval(timer));
  };
}

/** A right answer, in pieces of that many bytes. */
export function inPieces(body: string, length: number): RawReply {
  const whole = Buffer.from(withLength(body));
  return (socket) => {
    socket.setNoDelay(true);
    for (let at = 0; at < whole.length; at += length) socket.write(whole.subarray(at, at + length));
    socket.end();
  };
}

/** A 200 with a content-length: its own, unless another is named. */
export function withLength(body: string, length: number | string = Buffer.byteLength(body)): string {
  return `${head(['content-type: application/json', `content-length: ${length}`, 'connection: close'])}${body}`;
}

/** A 200 whose end is the end of the connection. */
export function untilClose(body: string): string {
  return `${head(['content-type: application/json', 'connection: close'])}${body}`;
}

/** A 200 in chunks, with or without the last, empty one. */
export function chunked(chunks: readonly string[], whole = true): string {
  const coded = chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('');
  return `${head(['transfer-encoding: chunked', 'connection: close'])}${coded}${whole ? '0\r\n\r\n' : ''}`;
}

/** A 200 with these header lines and this body. */
export function withHeaders(lines: readonly string[], body = '', status?: string): string {
  return `${head(lines, status)}${body}`;
}
