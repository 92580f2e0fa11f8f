import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, read, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Size of disk writes and reads. Writing pieces in the size of network packets takes twice as long.
 */
const BLOCK_BYTES = 256 * 1024;

/** An append-only temporary file. */
export interface SpoolFile {
  /** Appends a copy of the bytes and returns their position. */
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
    writeFully(descriptor, block.subarray(0, blockLength), flushedBytes);
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
      return readFully(descriptor, position, length);
    },
    stream(position, length) {
      flush();
      return createReadStream('', {
        fd: descriptor,
        // `autoClose: false` does not stop destroy() from closing the shared descriptor.
        fs: { read, close: (_: number, done: () => void) => done() },
        start: position,
        end: position + length - 1,
        highWaterMark: BLOCK_BYTES,
      });
    },
    close() {
      // Drops the pending block: the operating system may reuse the descriptor for another file.
      blockLength = 0;
      closeSync(descriptor);
    },
  };
}

/**
 * An unlinked file disappears with its descriptor, even when the function is killed. /tmp outlives
 * an invocation.
 */
function openNamelessFile(): number {
  const path = join(tmpdir(), randomUUID());
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return descriptor;
}

/** Repeats the write, because the operating system may write only a part. */
function writeFully(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
}

function readFully(descriptor: number, position: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  for (let at = 0; at < length; ) at += readSync(descriptor, piece, at, length - at, position + at);
  return piece;
}
