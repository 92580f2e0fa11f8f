import { createCipheriv, createHash } from 'node:crypto';

/** How the base64 of an answer is written: `plain`, or with JSON's escapes for `+` and `/`, as a .NET server may. */
export type Series = 'plain' | 'escaped';

/** An answer of the vendor's, and what its one document must come to. */
export interface PreparedAnswer {
  readonly body: Buffer;
  /** Of the document, in lower-case hexadecimal. */
  readonly sha256: string;
}

/** The task whose answer is a body of about so many bytes. */
export function taskIdOf(series: Series, bodyBytes: number): string {
  return `${series}-${bodyBytes}`;
}

/** @throws RangeError for any other text than `taskIdOf` makes */
export function prepareAnswer(taskId: string): PreparedAnswer {
  const [, series, bytes] = /^(plain|escaped)-(\d+)$/.exec(taskId) ?? [];
  if (series === undefined) throw new RangeError(`no such task: ${taskId}`);
  const bodyBytes = Number(bytes);
  // An escaped body is the longer one: of 64 characters, one takes 6 bytes and one takes 2.
  const characters = series === 'plain' ? bodyBytes : bodyBytes * (64 / 70);
  const document = noise(Math.floor((characters * 3) / 4));
  const base64 = document.toString('base64');
  const written = series === 'plain' ? base64 : base64.replaceAll('+', '\\u002B').replaceAll('/', '\\/');
  const body = Buffer.from(
    `{"id":"${taskId}","taskStatus":"Completed","responseStatusCode":"Ok","results":[{"type":"Pdf","data":"${written}"}],"error":null}`,
  );
  return { body, sha256: createHash('sha256').update(document).digest('hex') };
}

/** Bytes that look random, and are the same in each run. */
function noise(length: number): Buffer {
  const key = Buffer.alloc(16, 'ocr-courier');
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
