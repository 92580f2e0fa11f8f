import { isUtf8 } from 'node:buffer';
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Content } from '../core/task-answer.ts';

/** Most results are a few kilobytes: up to this size, one never touches the disk. */
const MEMORY_BYTES = 1024 * 1024;
/** All the spools of an answer together hold at most this much in memory. */
const TOTAL_MEMORY_BYTES = 8 * MEMORY_BYTES;
const HEAD_BYTES = 8;
const PIECE_BYTES = 3 * 16 * 1024;

/** Collects bytes as they come: in memory while they are few, then in a temporary file. */
export interface Spool {
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
  /** Writes at the end of the file, and tells where that was. */
  append(bytes: Uint8Array): Place;
}

interface Place {
  readonly descriptor: number;
  readonly position: number;
}

export function createSpools(): Spools {
  let memoryBytes = 0;
  let descriptor: number | undefined;
  let fileBytes = 0;

  const store: SpoolStore = {
    takeMemory(bytes) {
      if (memoryBytes + bytes > TOTAL_MEMORY_BYTES) return false;
      memoryBytes += bytes;
      return true;
    },
    append(bytes) {
      descriptor ??= openNamelessFile();
      const position = fileBytes;
      writeWhole(descriptor, bytes, position);
      fileBytes += bytes.length;
      return { descriptor, position };
    },
  };

  return {
    open: () => openSpool(store),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
      memoryBytes = 0;
      fileBytes = 0;
    },
  };
}

/** A file without a name is gone with its descriptor, even when the function is killed: /tmp outlives it. */
function openNamelessFile(): number {
  const path = join(tmpdir(), randomUUID());
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return descriptor;
}

function openSpool(store: SpoolStore): Spool {
  const hash = createHash('sha256');
  const utf8 = utf8Check();
  let bytes = 0;
  let head = new Uint8Array();
  let held: Uint8Array[] = [];
  let place: Place | undefined;

  function spill(chunk: Uint8Array): void {
    for (const piece of [...held, chunk]) {
      const appended = store.append(piece);
      place ??= appended;
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
      if (place === undefined && bytes <= MEMORY_BYTES && store.takeMemory(chunk.length)) held.push(chunk);
      else spill(chunk);
    },
    *written() {
      if (place === undefined) {
        yield Buffer.concat(held);
        return;
      }
      const { descriptor, position } = place;
      for (let at = 0; at < bytes; at += PIECE_BYTES) {
        yield readWhole(descriptor, position + at, Math.min(PIECE_BYTES, bytes - at));
      }
    },
    end() {
      const facts = { bytes, sha256: hash.digest('hex'), head, utf8: utf8.end() };
      if (place === undefined) {
        const whole = Buffer.concat(held);
        held = [];
        return { ...facts, open: () => whole };
      }
      const { descriptor, position } = place;
      const options = { fd: descriptor, start: position, end: position + bytes - 1, autoClose: false };
      return { ...facts, open: () => createReadStream('', options) };
    },
  };
}

/** A write may take less than it was given. */
function writeWhole(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
}

function readWhole(descriptor: number, position: number, length: number): Uint8Array {
  const piece = Buffer.alloc(length);
  for (let at = 0; at < length; ) at += readSync(descriptor, piece, at, length - at, position + at);
  return piece;
}

/** Checks UTF-8 piece by piece; a character cut by the end of a piece is held back for the next one. */
function utf8Check() {
  let valid = true;
  let rest = Buffer.alloc(0);
  return {
    write(chunk: Uint8Array) {
      if (!valid) return;
      const text = Buffer.concat([rest, chunk]);
      const whole = wholeCharacters(text);
      valid = isUtf8(text.subarray(0, whole));
      rest = Buffer.from(text.subarray(whole));
    },
    end: () => valid && rest.length === 0,
  };
}

/** The length without a last character that is still incomplete. */
function wholeCharacters(text: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, text.length); back += 1) {
    const byte = text[text.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < needed ? text.length - back : text.length;
  }
  return text.length;
}
