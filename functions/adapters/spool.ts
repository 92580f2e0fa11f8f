import { isUtf8 } from 'node:buffer';
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Content } from '../core/task-answer.ts';

/** Most results are a few kilobytes: up to this size they never touch the disk. */
const MEMORY_BYTES = 1024 * 1024;
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
  open(): Spool;
  /** Their contents cannot be read any more. */
  close(): void;
}

export function createSpools(): Spools {
  let descriptors: number[] = [];
  return {
    open: () =>
      openSpool(() => {
        const descriptor = openNamelessFile();
        descriptors.push(descriptor);
        return descriptor;
      }),
    close() {
      for (const descriptor of descriptors) closeSync(descriptor);
      descriptors = [];
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

function openSpool(openFile: () => number): Spool {
  const hash = createHash('sha256');
  const utf8 = utf8Check();
  let bytes = 0;
  let held: Uint8Array[] = [];
  let head = new Uint8Array();
  let file: number | undefined;

  return {
    write(chunk) {
      hash.update(chunk);
      utf8.write(chunk);
      if (head.length < HEAD_BYTES)
        head = Uint8Array.from(Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES));
      bytes += chunk.length;
      if (file === undefined && bytes > MEMORY_BYTES) {
        file = openFile();
        for (const earlier of held) writeWhole(file, earlier);
        held = [];
      }
      if (file === undefined) held.push(chunk);
      else writeWhole(file, chunk);
    },
    *written() {
      if (file === undefined) {
        yield Buffer.concat(held);
        return;
      }
      for (let at = 0; at < bytes; at += PIECE_BYTES) {
        yield readWhole(file, at, Math.min(PIECE_BYTES, bytes - at));
      }
    },
    end() {
      const facts = { bytes, sha256: hash.digest('hex'), head, utf8: utf8.end() };
      if (file === undefined) {
        const whole = Buffer.concat(held);
        return { ...facts, open: () => whole };
      }
      const options = { fd: file, start: 0, autoClose: false };
      return { ...facts, open: () => createReadStream('', options) };
    },
  };
}

/** A write may take less than it was given. */
function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
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
