import sharp from 'sharp';
import { expect, it } from 'vitest';
import { compressImage } from '../../../local/aspose-simulator/compressed-image.ts';

function noisyPng(side: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  return sharp({ create: { width: side, height: side, channels: 3, background: 'white', noise } })
    .withMetadata({ density: 300 })
    .png()
    .toBuffer();
}

it('compresses a large image as JPEG of the same density', async () => {
  const png = await noisyPng(800);

  const compressed = await compressImage(png);

  expect(compressed.byteLength).toBeLessThan(png.byteLength / 4);
  expect(await sharp(compressed).metadata()).toMatchObject({
    format: 'jpeg',
    width: 800,
    height: 800,
    density: 300,
  });
});

it('leaves a small image as it is', async () => {
  const png = await noisyPng(100);

  expect(await compressImage(png)).toBe(png);
});
