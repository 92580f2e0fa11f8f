import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpools } from '../../../../functions/adapters/aspose/spool.ts';
import { bytesOf } from '../../../support/content-bytes.ts';
import { cuts, pieces } from './decoding.ts';

const MEBIBYTE = 1024 * 1024;
const spools = createSpools();
afterEach(() => spools.close());

function spoolOf(...chunks: readonly (string | Uint8Array)[]) {
  const spool = spools.open();
  for (const chunk of chunks) spool.write(Buffer.from(chunk));
  return spool;
}

describe('a spool', () => {
  it('returns the length, hash and first bytes of its content', async () => {
    const content = spoolOf('%P', 'DF-', '1.7 and more').end();

    expect(content).toMatchObject({ bytes: 17, utf8: true });
    expect(content.sha256).toBe(createHash('sha256').update('%PDF-1.7 and more').digest('hex'));
    expect(Buffer.from(content.head).toString()).toBe('%PDF-1.7');
    expect((await bytesOf(content)).toString()).toBe('%PDF-1.7 and more');
  });

  it('may be empty', async () => {
    const content = spoolOf().end();

    expect(content).toMatchObject({ bytes: 0, utf8: true, sha256: createHash('sha256').digest('hex') });
    expect(await bytesOf(content)).toEqual(Buffer.of());
  });

  it.each([
    ['memory', MEBIBYTE],
    ['a file', MEBIBYTE + 1],
    ['a file, written in many pieces', 5 * MEBIBYTE + 7],
  ])('may be read repeatedly from %s', async (_, length) => {
    const bytes = Buffer.alloc(length, 'All men live enveloped in whale-lines. ');
    const content = spoolOf(
      bytes.subarray(0, 100),
      bytes.subarray(100, MEBIBYTE - 3),
      bytes.subarray(MEBIBYTE - 3),
    ).end();

    expect(content.bytes).toBe(length);
    expect(content.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect((await bytesOf(content)).equals(bytes)).toBe(true);
    expect((await bytesOf(content)).equals(bytes)).toBe(true);
  });

  it.each([10, MEBIBYTE + 100_001])(
    'returns its content in pieces whose base64 can be concatenated: %i bytes',
    (length) => {
      const bytes = Buffer.alloc(length, 'abcdefg');
      const spool = spoolOf(bytes.subarray(0, 4), bytes.subarray(4));

      const pieces = [...spool.written()];

      expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
      expect(pieces.slice(0, -1).filter((piece) => piece.length % 3 !== 0)).toEqual([]);
      expect(pieces.map((piece) => Buffer.from(piece).toString('base64')).join('')).toBe(
        bytes.toString('base64'),
      );
    },
  );

  it('uses a file that has no name in the directory', () => {
    const earlier = new Set(readdirSync(tmpdir()));
    const spool = spoolOf(Buffer.alloc(2 * MEBIBYTE));

    const added = readdirSync(tmpdir()).filter((name) => !earlier.has(name) && /^[0-9a-f-]{36}$/.test(name));

    expect(added).toEqual([]);
    expect(spool.end().bytes).toBe(2 * MEBIBYTE);
  });

  it('cannot be read after it was closed', async () => {
    const own = createSpools();
    const spool = own.open();
    spool.write(Buffer.alloc(2 * MEBIBYTE));
    const content = spool.end();

    own.close();

    await expect(bytesOf(content)).rejects.toThrow(/EBADF/);
  });

  it('may be opened after all others were closed', () => {
    const own = createSpools();
    own.close();
    own.close();
    const spool = own.open();
    spool.write(Buffer.alloc(2 * MEBIBYTE));

    expect(spool.end().bytes).toBe(2 * MEBIBYTE);
    own.close();
  });

  it('does not mix its content with that of other spools', async () => {
    const documents = ['a', 'b', 'c', 'd'].map((letter, index) =>
      Buffer.alloc(index % 2 === 0 ? MEBIBYTE + 1000 * (index + 1) : 10, letter),
    );

    const contents = documents.map((document) =>
      spoolOf(document.subarray(0, 7), document.subarray(7)).end(),
    );

    const read = await Promise.all(contents.map(bytesOf));
    expect(read.map((bytes, index) => documents[index]?.equals(bytes))).toEqual([true, true, true, true]);
  });

  it('shares a limit of 32 MiB of memory with all others', () => {
    const contents = Array.from({ length: 64 }, () => spoolOf(Buffer.alloc(MEBIBYTE)).end());

    const inMemory = contents
      .filter((content) => content.open() instanceof Uint8Array)
      .reduce((sum, { bytes }) => sum + bytes, 0);

    expect(inMemory).toBeLessThanOrEqual(32 * MEBIBYTE);
  });
});

describe('the check for UTF-8', () => {
  it('accepts any text, wherever its characters are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), cuts, (text, places) => {
        expect(spoolOf(...pieces(Buffer.from(text), places)).end().utf8).toBe(true);
      }),
    );
  });

  it('agrees with a strict TextDecoder on any bytes', () => {
    const nearUtf8 = fc.array(
      fc.oneof(
        fc.constantFrom('a', 'é', '漢', '\ud83d\ude00').map((text) => [...Buffer.from(text)]),
        fc.constantFrom(0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0xff).map((byte) => [byte]),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(nearUtf8, cuts, (parts, places) => {
        const bytes = Buffer.from(parts.flat());
        expect(spoolOf(...pieces(bytes, places)).end().utf8).toBe(isStrictUtf8(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  function isStrictUtf8(bytes: Buffer): boolean {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return true;
    } catch {
      return false;
    }
  }
});
