import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createBase64Document } from '../../../../functions/adapters/aspose/base64-document.ts';
import { createSpools } from '../../../../functions/adapters/aspose/spool.ts';
import { bytesOf } from '../../../support/content-bytes.ts';
import { cuts, pieces } from './decoding.ts';

const spools = createSpools();
afterEach(() => spools.close());

/** Decodes characters cut at these places. */
async function decode(characters: string | Uint8Array, cuts: readonly number[] = []) {
  const document = createBase64Document(spools);
  for (const piece of pieces(Buffer.from(characters), cuts)) document.write(piece);
  document.end();
  const data = document.data();
  if (data.kind === 'missing') throw new Error('nothing was written');
  return { kind: data.kind, bytes: await bytesOf(data.content), length: data.content.bytes };
}

/** Checks for RFC 4648, section 4, with no bits left over in the padding (section 3.5). */
function isBase64(text: string): boolean {
  return (
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) &&
    Buffer.from(text, 'base64').toString('base64') === text
  );
}

describe('base64', () => {
  it('is decoded wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), cuts, async (bytes, places) => {
        const decoded = await decode(Buffer.from(bytes).toString('base64'), places);

        expect(decoded).toEqual({ kind: 'decoded', bytes: Buffer.from(bytes), length: bytes.length });
      }),
    );
  });

  it('is distinguished from text that is almost base64, which is kept unchanged', async () => {
    const almost = fc
      .tuple(
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
        fc.nat(),
        fc.constantFrom('', '=', '==', ' ', '\n', '-', '_', '\0', '\u00ff', 'A', 'é', '.', '=A'),
        fc.nat(2),
      )
      .map(([text, place, insert, removed]) => {
        const at = place % (text.length + 1);
        return `${text.slice(0, at)}${insert}${text.slice(at + removed)}`;
      });
    await fc.assert(
      fc.asyncProperty(almost, cuts, async (text, places) => {
        const { kind, bytes } = await decode(text, places);

        expect({ text, kind }).toEqual({ text, kind: isBase64(text) ? 'decoded' : 'undecodable' });
        expect(bytes.toString('latin1')).toBe(
          Buffer.from(text, isBase64(text) ? 'base64' : 'utf8').toString('latin1'),
        );
      }),
      { numRuns: 1000 },
    );
  });

  const texts = ['', 'QQ==', 'QUI=', 'QUJD', 'QUJDRA==', 'QUJDRA=', 'QUJ DRA=', 'QQ==QQ==', 'Q', '='];
  it.each(texts)('is decoded as in one piece at every possible cut: %j', async (text) => {
    const whole = await decode(text);
    for (let cut = 0; cut <= text.length; cut += 1) expect(await decode(text, [cut])).toEqual(whole);
  });

  it.each([
    ['white space', 'QUJD RA=='],
    ['bits left over in its padding', 'QUJDQR=='],
    ['text after padding with bits left over', 'QUJDQR==QUJD'],
    ['a line break', 'QUJD\nRA=='],
    ['the URL-safe alphabet', 'QUJD-_RA'],
    ['missing padding', 'QUJDRA'],
    ['half of its padding', 'QUJDRA='],
    ['too much padding', 'QUJDRA==='],
    ['only padding', '===='],
    ['padding inside', 'QQ==QUJD'],
    ['a single character', 'Q'],
    ['an incomplete group', 'QUJDR'],
    ['a non-ASCII character', 'QUJDéA=='],
    ['a null character', 'QUJD\0A=='],
    ['a data URL', 'data:text/plain;base64,QUJD'],
  ])('is undecodable and kept unchanged with %s', async (_, text) => {
    const { kind, bytes } = await decode(text, [1, 3, 7, 8]);

    expect({ kind, text: bytes.toString() }).toEqual({ kind: 'undecodable', text });
  });

  it('is kept unchanged if it becomes invalid after the megabyte that is kept in memory', async () => {
    const text = `${Buffer.alloc(2_000_000, 'abc').toString('base64')}!`;

    const { kind, bytes } = await decode(text, [5, 999_999, 1_500_001]);

    expect(kind).toBe('undecodable');
    expect(bytes.equals(Buffer.from(text))).toBe(true);
  });

  it('decodes to an empty document when it has no characters', async () => {
    expect(await decode('')).toEqual({ kind: 'decoded', bytes: Buffer.of(), length: 0 });
  });

  it('has no document until it has ended', () => {
    expect(createBase64Document(spools).data()).toEqual({ kind: 'missing' });
  });
});
