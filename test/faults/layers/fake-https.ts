import { EventEmitter } from 'node:events';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';

/** A response of the fake server. */
export interface FakeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Uint8Array[];
  /** Whether the connection breaks after the chunks. */
  readonly cut: boolean;
}

/**
 * Replaces `https.request` until it is disposed of. A request gets the response of `respond`, or
 * fails with the error that `respond` throws. A real network would be too slow for thousands of
 * courses.
 */
export function fakeHttps(respond: (url: URL) => Promise<FakeResponse>): Disposable {
  const original = https.request;
  Reflect.set(https, 'request', (url: URL) => new FakeRequest(respond(url)));
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      https.request = original;
      syncBuiltinESMExports();
    },
  };
}

/** The part of a ClientRequest that the Aspose client uses. */
class FakeRequest extends EventEmitter {
  private response: Readable | undefined;

  constructor(pending: Promise<FakeResponse>) {
    super();
    pending.then(
      ({ status, headers, chunks, cut }) => {
        this.response = Object.assign(Readable.from(bodyOf(chunks, cut)), { statusCode: status, headers });
        this.emit('response', this.response);
      },
      (error) => this.emit('error', error),
    );
  }

  end(): this {
    return this;
  }

  destroy(): void {
    this.response?.destroy();
  }
}

async function* bodyOf(chunks: readonly Uint8Array[], cut: boolean): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
  if (cut) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}
