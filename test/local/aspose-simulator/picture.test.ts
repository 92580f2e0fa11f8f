import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { crop, openPicture, rotate, upsample } from '../../../local/aspose-simulator/picture.ts';
import { type BmpForm, bmpOf } from '../../support/images.ts';

const create = (background: string) => sharp({ create: { width: 40, height: 20, channels: 4, background } });

const white = await create('white').png().toBuffer();
const FORM: BmpForm = { bitsPerPixel: 24 };
const cutOff = (await bmpOf(white, FORM)).subarray(0, 99);

const firstPixel = async (png: Uint8Array) => {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray(0, info.channels)];
};

describe('a picture', () => {
  it.each(['jpeg', 'png', 'tiff', 'gif', 'webp'] as const)('is read from %s', async (format) => {
    const { width, height } = await openPicture(await create('white').toFormat(format).toBuffer());

    expect({ width, height }).toEqual({ width: 40, height: 20 });
  });

  it.each([
    ['nothing', Buffer.from(''), 'got 0 bytes of other content; allowed: JPEG, PNG'],
    ['text', Buffer.from('hello'), 'got 5 bytes of other content'],
    ['a cut off BMP', cutOff, 'got a broken BMP image (it ends before'],
  ])('is not read from %s', async (_, file, message) => {
    await expect(openPicture(file)).rejects.toThrow(message);
  });

  it('is read from BMP', async () => {
    const { width, height, png } = await openPicture(await bmpOf(white, FORM));

    expect({ width, height }).toEqual({ width: 40, height: 20 });
    expect((await sharp(png).metadata()).density).toBe(300);
  });

  it('is rejected over 60 megapixels, however small its file is', async () => {
    const file = await sharp({ create: { width: 10_000, height: 6010, channels: 3, background: 'white' } })
      .png()
      .toBuffer();

    await expect(openPicture(file)).rejects.toThrow('got 60.1 megapixels; allowed: at most 60');
  });

  it('is rotated as its EXIF orientation says', async () => {
    const file = await create('white').jpeg().withMetadata({ orientation: 6 }).toBuffer();

    expect(await openPicture(file)).toMatchObject({ width: 20, height: 40 });
  });

  it('is white where the image is transparent', async () => {
    const { png } = await openPicture(await create('#00000000').png().toBuffer());

    expect(await firstPixel(png)).toEqual([255, 255, 255]);
  });

  it.each([
    [300, 300],
    [20, 150],
  ])('of %i dpi reports %i dpi after all transformations', async (density, expected) => {
    const picture = await openPicture(await create('white').png().withMetadata({ density }).toBuffer());
    const part = await crop(picture, { topLeftX: 0, topLeftY: 0, bottomRightX: 10, bottomRightY: 10 });

    const { png } = await upsample(await rotate(part, 5));

    expect((await sharp(png).metadata()).density).toBe(expected);
  });

  it('is cropped to a rectangle with an exclusive bottom right corner', async () => {
    const picture = await openPicture(await create('white').png().toBuffer());

    const part = await crop(picture, { topLeftX: 30, topLeftY: 5, bottomRightX: 40, bottomRightY: 20 });

    expect(part).toMatchObject({ width: 10, height: 15 });
  });
});
