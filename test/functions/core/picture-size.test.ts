import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pictureSize, regionProblem } from '../../../functions/core/picture-size.ts';
import { bmpOf, frameHeaderFirst, onItsSide } from '../../support/images.ts';

const picture = sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } });
const png = await picture.png().toBuffer();
const upright = { width: 30, height: 20, mayBeOnItsSide: false };
const regionTo = (bottomRightX: number, bottomRightY: number) => ({
  regions: [{ rect: { topLeftX: 0, topLeftY: 0, bottomRightX, bottomRightY } }],
});

const SIZED = [
  ['a JPEG', await picture.jpeg().toBuffer(), upright],
  ['a progressive JPEG', await picture.jpeg({ progressive: true }).toBuffer(), upright],
  ['a JPEG on its side', await onItsSide(png, 'jpeg'), upright],
  ['a JPEG turned upside down', await picture.jpeg().withMetadata({ orientation: 3 }).toBuffer(), upright],
  ['a GIF', await picture.gif().toBuffer(), upright],
  ['a BMP', await bmpOf(png, { bitsPerPixel: 24 }), upright],
  ['a BMP with the top row first', await bmpOf(png, { bitsPerPixel: 24, topDown: true }), upright],
  ['a PNG', png, { ...upright, mayBeOnItsSide: true }],
  ['a WebP', await picture.webp().toBuffer(), { ...upright, mayBeOnItsSide: true }],
  [
    'a lossless WebP',
    await picture.webp({ lossless: true }).toBuffer(),
    { ...upright, mayBeOnItsSide: true },
  ],
] as const;

const UNSIZED = [
  ['a TIFF, whose pages may differ', await picture.tiff().toBuffer()],
  [
    'an SVG, which has no pixels',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>'),
  ],
  ['a JPEG whose frame header comes first', await frameHeaderFirst(png)],
  ['half a header', png.subarray(0, 20)],
  ['a PNG without its header chunk', Buffer.concat([png.subarray(0, 8), png.subarray(33)])],
  ['text', Buffer.from('text')],
] as const;

describe('the size of a picture', () => {
  it.each(SIZED)('is read from %s', (_, file, size) => {
    expect(pictureSize(file)).toEqual(size);
  });

  it('may be swapped for a JPEG whose EXIF orientation cannot be read', async () => {
    const file = await onItsSide(png, 'jpeg');
    const orientationAt = file.indexOf(Buffer.from([0x12, 0x01, 0x03, 0x00]));
    file.writeUInt8(0, orientationAt);

    expect(pictureSize(file)).toEqual({ width: 20, height: 30, mayBeOnItsSide: true });
  });

  it.each(UNSIZED)('is unknown for %s', (_, file) => {
    expect(pictureSize(file)).toBeUndefined();
  });
});

describe('a region', () => {
  it('may reach to the edges of the picture', () => {
    expect(regionProblem(regionTo(30, 20), upright)).toBeUndefined();
    expect(regionProblem({}, upright)).toBeUndefined();
  });

  it.each([
    [31, 20],
    [30, 21],
    [20, 30],
  ])('to %d, %d is outside the picture', (right, bottom) => {
    expect(regionProblem(regionTo(right, bottom), upright)?.message).toBe(
      `settings.regions.0: got bottom right corner ${right}, ${bottom}; allowed: a corner within the image of 30 x 20 pixels`,
    );
  });

  it.each([
    [20, 30, true],
    [30, 20, true],
    [21, 30, false],
    [30, 21, false],
  ])('to %d, %d is within a picture that may be on its side: %s', (right, bottom, isWithin) => {
    const size = { ...upright, mayBeOnItsSide: true };

    expect(regionProblem(regionTo(right, bottom), size) === undefined).toBe(isWithin);
  });

  it('is not refused for a BMP of OS/2, which the library misreads', async () => {
    const size = pictureSize(await bmpOf(png, { bitsPerPixel: 8, coreHeader: true }));

    expect(size && regionProblem(regionTo(30, 20), size)).toBeUndefined();
  });
});
