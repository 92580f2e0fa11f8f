import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, readImageHeader } from '../../../local/aspose-simulator/image-file.ts';
import { type BmpForm, bmpOf, frameHeaderFirst, onItsSide, wrongScanHeader } from '../../support/images.ts';
import { listen, replyWith } from '../../support/loopback-server.ts';
import { newDirectory } from '../../support/run-command.ts';

/** Rows and columns differ, and no row has a multiple of four bytes. */
const GRADIENT = await sharp(
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="37" height="21"><defs><linearGradient id="g" x2="1" y2="0.5">
      <stop stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient></defs>
      <rect width="37" height="21" fill="url(#g)"/><rect x="3" y="2" width="9" height="4" fill="white"/></svg>`,
  ),
)
  .png()
  .toBuffer();

const pixelsOf = (file: Buffer) =>
  decodeImage(file).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });

/** How far two images differ: the largest difference between two levels. */
async function difference(one: Buffer, other: Buffer): Promise<number> {
  const [{ data, info }, expected] = [await pixelsOf(one), await pixelsOf(other)];
  expect(info).toMatchObject({ width: expected.info.width, height: expected.info.height });
  return data.reduce(
    (most, level, index) => Math.max(most, Math.abs(level - Number(expected.data[index]))),
    0,
  );
}

describe('a BMP file', () => {
  it.each<[form: BmpForm, tolerance: number]>([
    [{ bitsPerPixel: 24 }, 0],
    [{ bitsPerPixel: 24, topDown: true }, 0],
    [{ bitsPerPixel: 24, coreHeader: true }, 0],
    [{ bitsPerPixel: 32 }, 0],
    [{ bitsPerPixel: 32, masks: [0xff0000, 0xff00, 0xff] }, 0],
    [{ bitsPerPixel: 16 }, 8],
    [{ bitsPerPixel: 16, masks: [0xf800, 0x07e0, 0x001f] }, 8],
  ])('of the form %j has its colors', async (form, tolerance) => {
    expect(await difference(await bmpOf(GRADIENT, form), GRADIENT)).toBeLessThanOrEqual(tolerance);
  });

  it.each<[form: BmpForm, tolerance: number]>([
    [{ bitsPerPixel: 8 }, 0],
    [{ bitsPerPixel: 8, topDown: true }, 0],
    [{ bitsPerPixel: 8, coreHeader: true }, 0],
    [{ bitsPerPixel: 4 }, 16],
    [{ bitsPerPixel: 1 }, 128],
  ])('of the form %j has the colors of its palette', async (form, tolerance) => {
    const image = await sharp(GRADIENT).greyscale().toColourspace('srgb').png().toBuffer();

    expect(await difference(await bmpOf(image, form), image)).toBeLessThanOrEqual(tolerance);
  });

  it('has its size and density in its header', async () => {
    const header = await readImageHeader(await bmpOf(GRADIENT, { bitsPerPixel: 24, topDown: true }));

    expect(header).toMatchObject({ format: 'bmp', width: 37, height: 21, density: 300 });
  });

  it.each([
    ['cut off', async () => (await bmpOf(GRADIENT, { bitsPerPixel: 24 })).subarray(0, -1), 'it ends before'],
    [
      'compressed',
      () => bmpOf(GRADIENT, { bitsPerPixel: 8, compression: 1 }),
      '8 bits per pixel with compression 1',
    ],
  ])('is not decoded when it is %s', async (_, create, message) => {
    const file = await create();

    expect(() => decodeImage(file)).toThrow(message);
  });

  it.each([0, 2, 25, 26, 53])('of %i bytes is no image', async (bytes) => {
    const file = await bmpOf(GRADIENT, { bitsPerPixel: 24 });

    expect(await readImageHeader(file.subarray(0, bytes))).toBeUndefined();
  });
});

it.each(['jpeg', 'png', 'tiff', 'webp'] as const)(
  'has the size of the upright image for a %s file stored on its side',
  async (format) => {
    const file = await onItsSide(GRADIENT, format);

    expect(await readImageHeader(file)).toMatchObject({ format, width: 37, height: 21 });
    expect((await pixelsOf(file)).info).toMatchObject({ width: 37, height: 21 });
  },
);

it('reads a JPEG file whose frame header comes first', async () => {
  const file = await frameHeaderFirst(GRADIENT);

  expect(await readImageHeader(file)).toMatchObject({ format: 'jpeg', width: 37, height: 21 });
});

it('decodes a file with a fault that its decoder only warns about', async () => {
  const file = await wrongScanHeader(GRADIENT);

  expect((await pixelsOf(file)).info).toMatchObject({ width: 37, height: 21 });
});

describe('an SVG file', () => {
  const svg = (content: string, head = '') =>
    Buffer.from(
      `${head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40">
        <rect width="40" height="40" fill="white"/>${content}</svg>`,
    );

  it('is rendered', async () => {
    const { data } = await pixelsOf(svg('<rect width="40" height="40" fill="black"/>'));

    expect(new Set(data)).toEqual(new Set([0]));
  });

  it('loads nothing from the network or from the disk', async () => {
    const { baseUrl, received } = await listen(replyWith(200, 'black'));
    const directory = await newDirectory();
    const black = sharp({ create: { width: 40, height: 40, channels: 3, background: 'black' } });
    await black.png().toFile(join(directory, 'black.png'));
    await writeFile(join(directory, 'black.css'), 'rect { fill: black !important }');
    await writeFile(join(directory, 'black.txt'), 'black');
    const addresses = [baseUrl, `file://${directory}/black.png`, `${directory}/black.png`, 'black.png'];
    const style = (address: string) => `<style>@import url("${address}");</style>`;

    for (const content of [
      ...addresses.map((address) => `<image width="40" height="40" xlink:href="${address}"/>`),
      ...addresses.map((address) => `<image width="40" height="40" href="${address}"/>`),
      ...addresses.map((address) => style(address.replace('.png', '.css'))),
      `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="file://${directory}/black.txt"/>`,
    ]) {
      expect(new Set((await pixelsOf(svg(content))).data), content).toEqual(new Set([255]));
    }
    const entity = `<!DOCTYPE svg [<!ENTITY color SYSTEM "file://${directory}/black.txt">]>`;
    const usesEntity = svg(
      '<g style="color: &color;"><rect width="40" height="40" fill="currentColor"/></g>',
      entity,
    );
    expect(await pixelsOf(usesEntity).catch(() => 'not rendered')).toBe('not rendered');
    expect(received).toEqual([]);
  });

  it('is no image when it is compressed, because it may expand to any size', async () => {
    expect(await readImageHeader(gzipSync(svg('')))).toBeUndefined();
  });
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('hello')],
  ['HTML', Buffer.from('<!doctype html><p>hello</p>')],
])('does not take %s for an image', async (_, file) => {
  expect(await readImageHeader(file)).toBeUndefined();
});

it('does not take AVIF for an image, although libvips reads it', async () => {
  const file = await sharp(GRADIENT).avif().toBuffer();

  expect(await readImageHeader(file)).toBeUndefined();
});
