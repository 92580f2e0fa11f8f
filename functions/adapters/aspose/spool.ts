import { createHash } from 'node:crypto';
import type { Content } from '../../core/vendor-response.ts';
import { createSpoolFile, type SpoolFile } from './spool-file.ts';
import { createUtf8Check } from './utf8-check.ts';

/** Most results are a few kilobytes: up to this size, one never touches the disk. */
const MEMORY_BYTES = 1024 * 1024;
/** All the spools of an answer together hold at most this much in memory. */
const TOTAL_MEMORY_BYTES = 8 * MEMORY_BYTES;
const HEAD_BYTES = 8;
const PIECE_BYTES = 3 * 16 * 1024;

/** Collects bytes as they come: in memory while they are few, then in a temporary file. */
export interface Spool {
  /** Copies them: their memory may be used again. */
  write(bytes: Uint8Array): void;
  /** What has been written so far, in pieces whose length is a multiple of 3 but for the last. */
  written(): Iterable<Uint8Array>;
  /** The content, now that it is whole. */
  end(): Content;
}

/** Opens spools, and frees what they hold. */
export interface Spools {
  /** The one before it is not written to any more: they share one file, each with a stretch of its own. */
  open(): Spool;
  /** Their contents cannot be read any more. */
  close(): void;
}

/** What the spools of an answer share. */
interface SpoolStore {
  /** Says whether so many more bytes may be held in memory. */
  takeMemory(bytes: number): boolean;
  /** Opened when it is first needed. */
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

function openSpool(store: SpoolStore): Spool {
  const hash = createHash('sha256');
  const utf8 = createUtf8Check();
  let bytes = 0;
  let head = new Uint8Array();
  let held: Uint8Array[] = [];
  let place: { readonly file: SpoolFile; readonly position: number } | undefined;

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
        return { ...facts, open: () => whole };
      }
      const { file, position } = place;
      return { ...facts, open: () => file.stream(position, bytes) };
    },
  };
}
