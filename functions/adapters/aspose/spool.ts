import { createHash } from 'node:crypto';
import type { Content } from '../../core/vendor-response.ts';
import { createSpoolFile, type SpoolFile } from './spool-file.ts';
import { createUtf8Check } from './utf8-check.ts';

/** A result up to this size stays in memory. Most results have a few kilobytes. */
const MEMORY_BYTES = 1024 * 1024;
/** Maximum memory of all spools of one response together. */
const TOTAL_MEMORY_BYTES = 8 * MEMORY_BYTES;
const HEAD_BYTES = 8;
const PIECE_BYTES = 3 * 16 * 1024;

/** Collects bytes: first in memory, then in a temporary file. */
export interface Spool {
  /** Copies the bytes, so that the caller can reuse its buffer. */
  write(bytes: Uint8Array): void;
  /** The bytes written so far, in pieces whose length is a multiple of 3, except the last. */
  written(): Iterable<Uint8Array>;
  /** Completes the content. */
  end(): Content;
}

/** Opens spools and releases them together. */
export interface Spools {
  /**
   * Opens a spool. The previous one must be complete, because all share one file in consecutive
   * ranges.
   */
  open(): Spool;
  /** Releases memory and file. The contents can no longer be read. */
  close(): void;
}

/** The memory and the file that the spools of one response share. */
interface SpoolStore {
  /** Reserves memory; returns false when the limit is reached. */
  takeMemory(bytes: number): boolean;
  /** Opens the file at the first call. */
  file(): SpoolFile;
}

export function createSpools(): Spools {
  let memoryBytes = 0;
  let file: SpoolFile | undefined;

  const store: SpoolStore = {
    takeMemory(bytes) {
      if (memoryBytes + bytes > TOTAL_MEMORY_BYTES) return false;
      memoryBytes += bytes;
      return true;
    },
    file() {
      file ??= createSpoolFile();
      return file;
    },
  };

  return {
    open: () => openSpool(store),
    close() {
      file?.close();
      file = undefined;
      memoryBytes = 0;
    },
  };
}

interface PlaceInFile {
  readonly file: SpoolFile;
  readonly position: number;
}

// Functions of their own, because a closure in `openSpool` would keep all its state in memory.
const openMemory = (bytes: Uint8Array) => () => bytes;
const openFile =
  ({ file, position }: PlaceInFile, bytes: number) =>
  () =>
    file.stream(position, bytes);

function openSpool(store: SpoolStore): Spool {
  const hash = createHash('sha256');
  const utf8 = createUtf8Check();
  let bytes = 0;
  let head = new Uint8Array();
  let held: Uint8Array[] = [];
  let place: PlaceInFile | undefined;

  function spill(chunk: Uint8Array): void {
    const file = place?.file ?? store.file();
    for (const piece of [...held, chunk]) {
      const position = file.append(piece);
      place ??= { file, position };
    }
    held = [];
  }

  return {
    write(chunk) {
      if (chunk.length === 0) return;
      hash.update(chunk);
      utf8.write(chunk);
      if (head.length < HEAD_BYTES)
        head = Uint8Array.from(Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES));
      bytes += chunk.length;
      if (place === undefined && bytes <= MEMORY_BYTES && store.takeMemory(chunk.length))
        held.push(new Uint8Array(chunk));
      else spill(chunk);
    },
    *written() {
      if (place === undefined) {
        yield Buffer.concat(held);
        return;
      }
      const { file, position } = place;
      for (let at = 0; at < bytes; at += PIECE_BYTES) {
        yield file.read(position + at, Math.min(PIECE_BYTES, bytes - at));
      }
    },
    end() {
      const facts = { bytes, sha256: hash.digest('hex'), head, utf8: utf8.end() };
      if (place === undefined) {
        const whole = Buffer.concat(held);
        held = [];
        return { ...facts, open: openMemory(whole) };
      }
      return { ...facts, open: openFile(place, bytes) };
    },
  };
}
