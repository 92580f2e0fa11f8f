import { expect, it } from 'vitest';
import { recognizeObject } from '../../../functions/core/request-image.ts';
import { anImage, IMAGE_ID } from '../../support/image-builders.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const key = `inbox/RecognizeImage/api/${IMAGE_ID}/scan.png`;
const source = { bucket: 'results', key, etag: 'e1' };
const request = { source, operation: 'RecognizeImage', again: false } as const;

function withUploaded() {
  const { ports, images, objects, recognitions } = memoryPorts();
  images.all.set(IMAGE_ID, anImage({ source, state: 'Done', settings: '{"resultType":"Pdf"}' }));
  objects.set(key, { kind: 'Found', source, metadata: {} });
  return { ports: { ...ports, bucket: 'results' }, recognitions };
}

it.each([{}, { settings: { resultType: 'Pdf' } }])(
  'knows an object that was uploaded through a link, for a request with %j',
  async (details) => {
    const { ports, recognitions } = withUploaded();

    const { record, isNew } = await recognizeObject({ ...request, ...details }, ports);

    expect({ imageId: record.imageId, isNew }).toEqual({ imageId: IMAGE_ID, isNew: false });
    expect(recognitions.size).toBe(0);
  },
);

it('recognizes it again in another way as another image', async () => {
  const { ports } = withUploaded();

  const { record, isNew } = await recognizeObject({ ...request, settings: { resultType: 'Hocr' } }, ports);

  expect(isNew).toBe(true);
  expect(record.imageId).not.toBe(IMAGE_ID);
});
