import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** What goes to and from the disk at a time: in pieces as small as they come from the network, it takes twice as long. */
const BLOCK_BYTES = 256 * 1024;

/** A temporary file that is only ever appended to. */
export interface SpoolFile {
  /** Copies the bytes to the end of the file, and tells where that was. */
  append(bytes: Uint8Array): number;
  read(position: number, length: number): Buffer;
  stream(position: number, length: number): Readable;
  close(): void;
}

export function createSpoolFile(): SpoolFile {
  const descriptor = openNamelessFile();
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let blockLength = 0;
  let flushedBytes = 0;

  function flush(): void {
    writeWhole(descriptor, block.subarray(0, blockLength), flushedBytes);
    flushedBytes += blockLength;
    blockLength = 0;
  }

  return {
    append(bytes) {
      const position = flushedBytes + blockLength;
      for (let at = 0; at < bytes.length; ) {
        if (blockLength === block.length) flush();
        const piece = bytes.subarray(at, at + block.length - blockLength);
        block.set(piece, blockLength);
        blockLength += piece.length;
        at += piece.length;
      }
      return position;
    },
    read(position, length) {
      flush();
      return readWhole(descriptor, position, length);
    },
    stream(position, length) {
      flush();
      return createReadStream('', {
        fd: descriptor,
        autoClose: false,
        start: position,
        end: position + length - 1,
        highWaterMark: BLOCK_BYTES,
      });
    },
    close() {
      // Nothing may be written any more: the descriptor's number can soon be another file's.
      blockLength = 0;
      closeSync(descriptor);
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

/** A write may take less than it was given. */
function writeWhole(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
}

function readWhole(descriptor: number, position: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  for (let at = 0; at < length; ) at += readSync(descriptor, piece, at, length - at, position + at);
  return piece;
}
