import { createCipheriv, createHash } from 'node:crypto';

/** Form of the base64: unchanged, or with `+` and `/` escaped, as a .NET server may do. */
export type Series = 'plain' | 'escaped';

export interface PreparedResponse {
  /** Number of polls that receive Pending before this response. */
  readonly pendingPolls: number;
  readonly body: Buffer;
  /** SHA-256 of the only document, in lowercase hexadecimal. */
  readonly sha256: string;
}

/** Makes the id of a task whose response has about this size. @param suffix makes it unique */
export function taskIdOf(series: Series, bodyBytes: number, pendingPolls = 0, suffix = ''): string {
  return `${series}-${bodyBytes}-${pendingPolls}-${suffix}`;
}

/** @throws RangeError for a task id that `taskIdOf` does not make */
export function prepareResponse(taskId: string): PreparedResponse {
  const [, series, bytes, pendingPolls] = /^(plain|escaped)-(\d+)-(\d+)-/.exec(taskId) ?? [];
  if (series === undefined) throw new RangeError(`taskId: got ${taskId}; allowed: those of taskIdOf`);
  const bodyBytes = Number(bytes);
  // Escaping makes one of 64 characters 6 bytes long and another one 2 bytes: 70 in total.
  const characters = series === 'plain' ? bodyBytes : bodyBytes * (64 / 70);
  const document = noise(Math.floor((characters * 3) / 4));
  const base64 = document.toString('base64');
  const written = series === 'plain' ? base64 : base64.replaceAll('+', '\\u002B').replaceAll('/', '\\/');
  const body = Buffer.from(
    `{"id":"${taskId}","taskStatus":"Completed","responseStatusCode":"Ok","results":[{"type":"Pdf","data":"${written}"}],"error":null}`,
  );
  return {
    pendingPolls: Number(pendingPolls),
    body,
    sha256: createHash('sha256').update(document).digest('hex'),
  };
}

/** Makes bytes that look random and are the same in each run. */
function noise(length: number): Buffer {
  const key = Buffer.alloc(16, 'ocr-courier');
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
