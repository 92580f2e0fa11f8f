import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { crop, openPicture, rotate, upsample } from '../../../local/aspose-simulator/picture.ts';

const create = (background: string) => sharp({ create: { width: 40, height: 20, channels: 4, background } });

const firstPixel = async (png: Uint8Array) => {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray(0, info.channels)];
};

describe('a picture', () => {
  test.each(['jpeg', 'png', 'tiff', 'gif', 'webp'] as const)('is read from %s', async (format) => {
    const { width, height } = await openPicture(await create('white').toFormat(format).toBuffer());

    expect({ width, height }).toEqual({ width: 40, height: 20 });
  });

  test.each([
    ['nothing', Buffer.from(''), 'got 0 bytes of another kind'],
    ['text', Buffer.from('hello'), 'got 5 bytes of another kind'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'got svg'],
  ])('is not read from %s', async (_, file, message) => {
    await expect(openPicture(file)).rejects.toThrow(message);
  });

  test('of more than 60 million pixels is refused, small as its file may be', async () => {
    const file = await sharp({ create: { width: 10_000, height: 6010, channels: 3, background: 'white' } })
      .png()
      .toBuffer();

    await expect(openPicture(file)).rejects.toThrow('got 60.1 megapixels, allowed are up to 60');
  });

  test('stands upright as its EXIF orientation tells', async () => {
    const file = await create('white').jpeg().withMetadata({ orientation: 6 }).toBuffer();

    expect(await openPicture(file)).toMatchObject({ width: 20, height: 40 });
  });

  test('is white where the image is transparent', async () => {
    const { png } = await openPicture(await create('#00000000').png().toBuffer());

    expect(await firstPixel(png)).toEqual([255, 255, 255]);
  });

  test.each([
    [300, 300],
    [20, 150],
  ])('of %i dots per inch is handed on with %i, whatever is done to it', async (density, expected) => {
    const picture = await openPicture(await create('white').png().withMetadata({ density }).toBuffer());
    const part = await crop(picture, { topLeftX: 0, topLeftY: 0, bottomRightX: 10, bottomRightY: 10 });

    const { png } = await upsample(await rotate(part, 5));

    expect((await sharp(png).metadata()).density).toBe(expected);
  });

  test('is cropped to a rectangle whose bottom right corner lies just outside', async () => {
    const picture = await openPicture(await create('white').png().toBuffer());

    const part = await crop(picture, { topLeftX: 30, topLeftY: 5, bottomRightX: 40, bottomRightY: 20 });

    expect(part).toMatchObject({ width: 10, height: 15 });
  });
});
