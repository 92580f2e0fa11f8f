import { EventEmitter } from 'node:events';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';

/** What a server sends. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Uint8Array[];
  /** Whether the connection breaks after them. */
  readonly cut: boolean;
}

/**
 * Stands in for the whole network, for thousands of requests a second: until it is disposed of, requests over https
 * are answered by `answer`, or fail with what it throws.
 */
export function fakeHttps(answer: (url: URL) => Promise<FakeAnswer>): Disposable {
  const original = https.request;
  Reflect.set(https, 'request', (url: URL) => new FakeRequest(answer(url)));
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      https.request = original;
      syncBuiltinESMExports();
    },
  };
}

/** As much of a ClientRequest as our client uses. */
class FakeRequest extends EventEmitter {
  private response: Readable | undefined;

  constructor(answer: Promise<FakeAnswer>) {
    super();
    answer.then(
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
