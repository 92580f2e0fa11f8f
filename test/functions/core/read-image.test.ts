import { expect, it } from 'vitest';
import { imageViewSchema } from '../../../functions/contracts/images-api.ts';
import { awaitedImage } from '../../../functions/core/image-record.ts';
import { readImage, requestUpload } from '../../../functions/core/request-image.ts';
import { START } from '../../support/builders.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const IMAGE_ID = '0123456789abcdef0123456789abcdef01234567';
const REQUEST = {
  imageId: IMAGE_ID,
  operation: 'RecognizeImage',
  settings: { language: 'English' },
} as const;
const EXPIRES_AT = START / 1000 + 3600;

it('returns only the fields that the response documents', async () => {
  const { ports, images } = memoryPorts();
  await images.write({
    ...awaitedImage(REQUEST, START, EXPIRES_AT),
    uploadedAt: new Date(START).toISOString(),
  });

  const view = await readImage(IMAGE_ID, ports);

  const documented = Object.keys(imageViewSchema.shape);
  expect(Object.keys(view).filter((field) => !documented.includes(field))).toEqual([]);
  expect(view).toMatchObject({ imageId: IMAGE_ID, state: 'AwaitingUpload', task: null });
});

it('does not find an image whose record has expired', async () => {
  const { ports, images, advance } = memoryPorts();
  await images.write(awaitedImage(REQUEST, START, EXPIRES_AT));
  advance(3600);

  await expect(readImage(IMAGE_ID, ports)).rejects.toThrow(IMAGE_ID);
});

it('finds the image of an upload link', async () => {
  const { ports } = memoryPorts();
  const request = { fileName: 'scan.png', operation: 'RecognizeImage', again: false } as const;

  const { imageId } = await requestUpload(request, ports);

  expect(await readImage(imageId, ports)).toMatchObject({ imageId, state: 'AwaitingUpload' });
});
