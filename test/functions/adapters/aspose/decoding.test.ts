import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { createBase64Document } from '../../../../functions/adapters/aspose/base64-document.ts';
import { createResponseScanner } from '../../../../functions/adapters/aspose/response-scanner.ts';
import { createSpools, type Spools } from '../../../../functions/adapters/aspose/spool.ts';
import { cuts, decode, decodeNaively, pieces, responseTexts } from './decoding.ts';

it('decodes documents as JSON.parse and Buffer.from do, wherever the response is cut', async () => {
  await fc.assert(
    fc.asyncProperty(responseTexts(300), cuts, async (text, places) => {
      expect(await decode(text, places)).toEqual(decodeNaively(text));
    }),
    { numRuns: 200 },
  );
});

it.each([
  ['plain', Buffer.alloc(15_000_000, 'whale'), 1],
  // These bytes are "++++" in base64.
  ['escaped', Buffer.alloc(2_500_002, 'fbefbe', 'hex'), 6],
])(
  'passes on each piece of a 20 MB response as it arrives: %s characters',
  (_, document, bytesPerCharacter) => {
    const head = '{"results":[{"data":"';
    const data = document.toString('base64').replaceAll('+', '\\u002B');
    const body = Buffer.from(`${head}${data}"}]}`);
    const spools = createSpools();
    onTestFinished(() => spools.close());
    let writes = 0;
    let spooledBytes = 0;
    const counted: Spools = {
      ...spools,
      open() {
        const spool = spools.open();
        const write = (bytes: Uint8Array) => {
          writes += 1;
          spooledBytes += bytes.length;
          spool.write(bytes);
        };
        return { ...spool, write };
      },
    };
    const scanner = createResponseScanner(() => createBase64Document(counted));
    const places = Array.from({ length: Math.ceil(body.length / 65_536) }, (_, index) => index * 65_536);

    let receivedBytes = 0;
    let heldCharacters = 0;
    for (const piece of pieces(body, places)) {
      scanner.write(piece);
      receivedBytes += piece.length;
      const received = (receivedBytes - head.length) / bytesPerCharacter;
      heldCharacters = Math.max(heldCharacters, received - (spooledBytes / 3) * 4);
    }

    expect(spooledBytes).toBe(document.length);
    // Held are at most an incomplete escape, an incomplete group of four and the end of the
    // response.
    expect(heldCharacters).toBeLessThan(10);
    // A group of four that two pieces share is written on its own.
    expect(writes).toBeLessThanOrEqual(2 * places.length);
  },
);
