import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { MAX_IMAGE_BYTES, MAX_TEXT_BYTES } from '../../../functions/contracts/image-limits.ts';
import type { OperationName } from '../../../functions/contracts/operations.ts';
import { contentProblem, pictureFormat, sizeProblem } from '../../../functions/core/image-formats.ts';
import { HEAD_BYTES } from '../../../functions/core/image-upload.ts';
import { readImageHeader } from '../../../local/aspose-simulator/image-file.ts';
import { bmpOf, frameHeaderFirst, onItsSide, wrongScanHeader } from '../../support/images.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const check = (operation: OperationName, content: Buffer) =>
  contentProblem(operation, content.subarray(0, HEAD_BYTES), content.length)?.message;
const picture = sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } });
const png = await picture.png().toBuffer();
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>';

const PICTURES = [
  ['JPEG', await picture.jpeg().toBuffer()],
  ['JPEG', await frameHeaderFirst(png)],
  ['JPEG', await wrongScanHeader(png)],
  ['JPEG', await onItsSide(png, 'jpeg')],
  ['PNG', png],
  ['GIF', await picture.gif().toBuffer()],
  ['TIFF', await picture.tiff().toBuffer()],
  ['TIFF', await picture.tiff({ bigtiff: true }).toBuffer()],
  ['BMP', await bmpOf(png, { bitsPerPixel: 24 })],
  ['BMP', await bmpOf(png, { bitsPerPixel: 8, coreHeader: true })],
  ['WebP', await picture.webp().toBuffer()],
  ['WebP', await picture.webp({ lossless: true }).toBuffer()],
  ['SVG', bytes(svg)],
  ['SVG', bytes(`\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a <html> --><!DOCTYPE svg PUBLIC "a" "b">\n${svg}`)],
  ['SVG', bytes(`<!DOCTYPE svg [ <!ENTITY a "b>"> ]>${svg}`)],
] as const;

describe('the format of a picture', () => {
  it.each(PICTURES)('is %s', (format, content) => {
    expect(pictureFormat(content)).toBe(format);
    expect(check('RecognizeImage', content)).toBeUndefined();
  });

  it.each(PICTURES)(
    'is never told more strictly than by a decoder, which reads this %s',
    async (_, content) => {
      expect(await readImageHeader(content)).toBeDefined();
    },
  );

  it.each([
    ['big-endian TIFF', 'MM\0*'],
    ['big-endian BigTIFF', 'MM\0+'],
    ['an SVG with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
    ['an SVG after a comment that is longer than the head', `<!-- ${' '.repeat(1000)}`],
    ['an SVG after a declaration with quotes', '<!DOCTYPE svg [ <!ENTITY a "]"> ]><svg/>'],
    ['an SVG in little-endian UTF-16', `\xff\xfe${[...svg].map((character) => `${character}\0`).join('')}`],
    ['an SVG in big-endian UTF-16', `\xfe\xff${[...svg].map((character) => `\0${character}`).join('')}`],
  ])('is known for %s', (_, content) => {
    expect(pictureFormat(bytes(content))).toBeDefined();
  });

  it.each([
    ['HTML', '<!DOCTYPE html><html><svg/></html>'],
    ['another XML document', '<?xml version="1.0"?><svgs/>'],
    ['half a JPEG signature', '\xff\xd8'],
    ['a compressed SVG', '\x1f\x8b\x08'],
    ['another RIFF file', 'RIFF\0\0\0\0WAVE'],
    ['nothing', ''],
  ])('is unknown for %s', (_, content) => {
    expect(pictureFormat(bytes(content))).toBeUndefined();
  });
});

describe('the content of an image', () => {
  const pdf = bytes('%PDF-1.7\n');
  const image = 'an image (JPEG, PNG, GIF, TIFF, BMP, WebP, SVG)';
  const text = 'UTF-8 text without NUL characters for ConvertTextToSpeech';

  it.each<[OperationName, Buffer, string]>([
    ['RecognizeImage', bytes(''), `got an empty file; allowed: ${image} for RecognizeImage`],
    [
      'RecognizeImage',
      pdf,
      `got a PDF document; allowed: ${image} for RecognizeImage; for a PDF document, use RecognizePdf`,
    ],
    ['RecognizeTable', bytes('AT&TFORM'), `got a DjVu document; allowed: ${image} for RecognizeTable`],
    ['DeskewImage', bytes('secret'), `got text; allowed: ${image} for DeskewImage`],
    ['DeskewImage', bytes('\0secret'), `got content of another format; allowed: ${image} for DeskewImage`],
    ['RecognizePdf', png, 'got an image (PNG); allowed: a PDF document for RecognizePdf'],
    [
      'RecognizePdf',
      Buffer.concat([Buffer.alloc(1020), pdf]),
      'got content of another format; allowed: a PDF document for RecognizePdf',
    ],
    ['DjVu2PDF', pdf, 'got a PDF document; allowed: a DjVu document for DjVu2PDF'],
    ['ConvertTextToSpeech', bytes(''), `got an empty file; allowed: ${text}`],
    ['ConvertTextToSpeech', bytes('\xef\xbb\xbf'), `got content of another format; allowed: ${text}`],
    ['ConvertTextToSpeech', bytes('na\xefve'), `got content of another format; allowed: ${text}`],
    ['ConvertTextToSpeech', bytes('a\0'), `got content of another format; allowed: ${text}`],
    ['ConvertTextToSpeech', bytes('a\xc3'), `got content of another format; allowed: ${text}`],
    ['ConvertTextToSpeech', png, `got an image (PNG); allowed: ${text}`],
  ])('for %s is refused, case %#', (operation, content, problem) => {
    expect(check(operation, content)).toBe(`image: ${problem}`);
  });

  it.each<[OperationName, Buffer]>([
    ['RecognizePdf', pdf],
    ['RecognizePdf', Buffer.concat([Buffer.alloc(1019), pdf])],
    ['DjVu2PDF', bytes('AT&TFORM\0\0')],
    ['ConvertTextToSpeech', Buffer.from('naïve')],
    ['ConvertTextToSpeechTrial', bytes('\xef\xbb\xbfa')],
    ['ConvertTextToSpeech', Buffer.from(`${'a'.repeat(HEAD_BYTES - 1)}é`)],
    ['RecognizeImageTrial', png],
  ])('for %s is accepted, case %#', (operation, content) => {
    expect(check(operation, content)).toBeUndefined();
  });
});

describe('the size of an image', () => {
  it.each<[OperationName, number]>([
    ['RecognizePdf', MAX_IMAGE_BYTES],
    ['ConvertTextToSpeech', MAX_TEXT_BYTES],
  ])('for %s is limited to %d bytes', (operation, maxBytes) => {
    expect(sizeProblem(operation, maxBytes, MAX_IMAGE_BYTES)).toBeUndefined();
    expect(sizeProblem(operation, maxBytes + 1, MAX_IMAGE_BYTES)).toMatchObject({
      message: `image: got ${maxBytes + 1} bytes; allowed: at most ${maxBytes} bytes`,
    });
  });

  it('of a text lets the whole text be checked before the upload', () => {
    expect(MAX_TEXT_BYTES).toBeLessThanOrEqual(HEAD_BYTES);
  });
});
