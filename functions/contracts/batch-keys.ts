/** Key prefix of everything that a batch stores in the results bucket: `batches/<batchId>/`. */
export const BATCHES_PREFIX = 'batches/';

/** Key prefix of lists that start a batch once they are uploaded: `lists/<batchId>.<format>`. */
export const LISTS_PREFIX = 'lists/';

/** Key prefix of images for batches. Uploading an image there starts nothing. */
export const IMAGES_PREFIX = 'images/';

/** The objects of a batch. */
export interface BatchKeys {
  /** One line per item. */
  readonly items: string;
  /** One line per chunk, which the Distributed Map reads. */
  readonly chunks: string;
  /** One result line per item, in the order of the items. */
  readonly lines: string;
  /** The result lines as a table. */
  readonly csv: string;
  readonly summary: string;
  /** The tasks of a request that named them itself. The digest is of the request. */
  request(digest: string): string;
  /** The result lines of a chunk. The tag is of the invocation that wrote them. */
  chunkLines(chunk: number, tag: string): string;
  /** The result lines of the items of a chunk that have ended so far. */
  endedLines(chunk: number): string;
}

export function batchKeys(batchId: string): BatchKeys {
  const prefix = `${BATCHES_PREFIX}${batchId}`;
  return {
    items: `${prefix}/items.jsonl`,
    chunks: `${prefix}/chunks.jsonl`,
    lines: `${prefix}/results.jsonl`,
    csv: `${prefix}/results.csv`,
    summary: `${prefix}/summary.json`,
    request: (digest) => `${prefix}/request-${digest}.json`,
    chunkLines: (chunk, tag) => `${prefix}/results/${chunk}-${tag}.jsonl`,
    endedLines: (chunk) => `${prefix}/results/${chunk}-ended.jsonl`,
  };
}
