import type { BatchCounts, BatchRecord } from '../../contracts/batch-record.ts';

/** The store of batch records. */
export interface BatchRecords {
  read(batchId: string): Promise<BatchRecord | undefined>;
  /** Writes the record if its predecessor is still the latest version; returns whether it did. */
  write(record: BatchRecord): Promise<boolean>;
}

/** What the chunks of a batch have reported. */
export interface BatchProgress {
  readonly counts: BatchCounts;
  /** The tags of the ended chunks' result lines, by chunk number. */
  readonly tags: ReadonlyMap<number, string>;
}

/** The progress of batches. */
export interface BatchProgressStore {
  /** Reads the progress of all chunks, which are numbered from 0. */
  read(batchId: string, chunks: number): Promise<BatchProgress>;
  /** Returns the tag of an ended chunk's result lines; undefined while it has not ended. */
  tagOf(batchId: string, chunk: number): Promise<string | undefined>;
  /**
   * Records that a chunk has ended, unless that was recorded before.
   *
   * @param tag names the object with its result lines
   * @param expiresAt epoch seconds
   * @returns whether this call recorded it
   */
  end(batchId: string, chunk: number, tag: string, counts: BatchCounts, expiresAt: number): Promise<boolean>;
}

/** The objects of batches in the results bucket. */
export interface BatchFiles {
  /** Reads an object, or a range of its bytes; undefined when there is no such object. */
  read(key: string, range?: { readonly from: number; readonly bytes: number }): Promise<string | undefined>;
  /** Writes a small object. */
  write(key: string, content: string, contentType: string): Promise<void>;
  /** Begins a large object. It does not exist before its end. */
  create(key: string, contentType: string): Promise<LargeFile>;
}

/** Reads large objects of batches in the results bucket. */
export interface BatchLineReader {
  /** Reads an object line by line; undefined when there is no such object. */
  readLines(key: string): Promise<AsyncIterable<string> | undefined>;
}

/** An object that is written in parts, so that memory does not grow with it. */
export interface LargeFile {
  write(text: string): Promise<void>;
  end(): Promise<void>;
  /** Discards the parts. */
  abort(): Promise<void>;
}
