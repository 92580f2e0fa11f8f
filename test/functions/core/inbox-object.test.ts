import { describe, expect, it } from 'vitest';
import type { ImageRecord } from '../../../functions/contracts/image-record.ts';
import { imageInInbox } from '../../../functions/core/inbox-object.ts';
import { anImage, IMAGE_ID } from '../../support/image-builders.ts';
import { memoryImages } from '../../support/memory-images.ts';

const KEY = 'inbox/RecognizeReceipt/a/scan.png';

interface World {
  readonly key?: string;
  readonly folder?: unknown;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly images?: readonly ImageRecord[];
}

function inputOf({ key = KEY, folder, metadata = {}, images = [] }: World) {
  const source = { bucket: 'inbox-bucket', key, etag: '1' };
  return imageInInbox(source, {
    images: memoryImages(...images),
    describeObject: async () => ({ kind: 'Found', source, metadata }),
    readSettings: async () => folder,
  });
}

const settingsOf = async (world: World) => (await inputOf(world))?.settings;

describe('imageInInbox', () => {
  it('takes operation and content from the object', async () => {
    expect(await inputOf({})).toEqual({
      source: { bucket: 'inbox-bucket', key: KEY, etag: '1' },
      operation: 'RecognizeReceipt',
      generation: 1,
    });
  });

  it.each(['inbox/RecognizeReceipt/', 'inbox/RecognizeReceipt/a/', 'inbox/RecognizeReceipt/_settings.json'])(
    'ignores %s',
    async (key) => {
      expect(await inputOf({ key })).toBeUndefined();
    },
  );

  it.each([
    'inbox/scan.png',
    'inbox/recognizereceipt/scan.png',
    'inbox/RecognizeReceipt',
    'inbox/__proto__/x',
  ])('U7: refuses %s, which names no operation', async (key) => {
    await expect(inputOf({ key })).rejects.toMatchObject({ name: 'InvalidInput', field: 'key' });
  });

  it('S26: gives metadata precedence over the settings of the folder, whatever their case', async () => {
    const folder = { Language: 'German', resultType: 'Pdf', __proto__: { polluted: true } };

    expect(await settingsOf({ folder, metadata: { 'ocr-language': 'French' } })).toEqual({
      language: 'French',
      resultType: 'Pdf',
    });
  });

  it('S25: reads metadata with the prefix ocr- only', async () => {
    const metadata = { camera: 'X100', language: 'German', 'ocr-correlation': 'order 7' };

    const input = await inputOf({ metadata });

    expect(input?.settings).toBeUndefined();
    expect(input?.correlation).toBe('order 7');
  });

  it.each([
    ['text', 'no JSON'],
    ['a list', [1]],
    ['null', null],
    ['a number', 7],
  ])('passes on settings of the folder that are %s, which the execution refuses', async (_, folder) => {
    expect(await settingsOf({ folder, metadata: { 'ocr-language': 'French' } })).toEqual(folder);
  });

  it('S29: takes the settings of the request for an object behind an upload link', async () => {
    const key = `inbox/RecognizeImage/api/${IMAGE_ID}/scan.png`;
    const {
      source: _,
      executionArn: __,
      ...requested
    } = anImage({
      ...{ state: 'AwaitingUpload', settings: '{"language":"German"}', correlation: 'order 7' },
    });

    expect(await inputOf({ key, images: [requested], metadata: { 'ocr-language': 'French' } })).toMatchObject(
      {
        imageId: IMAGE_ID,
        settings: { language: 'German' },
        correlation: 'order 7',
      },
    );
    // Nobody announced it, or for another operation: it is an object like any other.
    expect(await inputOf({ key })).not.toHaveProperty('imageId');
    const other = key.replace('RecognizeImage', 'RecognizeTable');
    expect(await inputOf({ key: other, images: [requested] })).not.toHaveProperty('imageId');
  });
});
