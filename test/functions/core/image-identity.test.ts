import { describe, expect, it } from 'vitest';
import { imageIdOf } from '../../../functions/core/image-identity.ts';
import { EXECUTION, OTHER_EXECUTION } from '../../support/builders.ts';
import { anImageInput, IMAGE_ID, imageSource } from '../../support/image-builders.ts';

const idOf = (details: Parameters<typeof anImageInput>[0], executionArn = EXECUTION) =>
  imageIdOf(anImageInput(details), executionArn);

/** Nests an object so many times. */
const nested = (depth: number, inner: unknown): unknown =>
  depth === 0 ? inner : { a: nested(depth - 1, inner) };

describe('imageIdOf', () => {
  it('returns 40 hexadecimal digits, or the id that the input names', async () => {
    expect(await idOf({})).toMatch(/^[0-9a-f]{40}$/);
    expect(await idOf({ imageId: IMAGE_ID })).toBe(IMAGE_ID);
  });

  it.each([
    [
      'the order of settings',
      { settings: { a: 1, b: { c: 2, d: 3 } } },
      { settings: { b: { d: 3, c: 2 }, a: 1 } },
    ],
    ['the case of their names', { settings: { Language: 'German' } }, { settings: { language: 'German' } }],
    ['the generation', { generation: 1 }, { generation: 2 }],
    ['the correlation', {}, { correlation: 'order 7' }],
    [
      'the ETag of a version',
      { source: { ...imageSource, versionId: 'v' } },
      { source: { ...imageSource, etag: '2', versionId: 'v' } },
    ],
  ])('does not depend on %s', async (_, one, other) => {
    expect(await idOf(one)).toBe(await idOf(other));
  });

  it.each([
    ['the bucket', { source: { ...imageSource, bucket: 'other' } }],
    ['the key', { source: { ...imageSource, key: 'other' } }],
    ['the ETag', { source: { ...imageSource, etag: '2' } }],
    ['the operation', { operation: 'RecognizeTable' as const }],
    ['the settings', { settings: { language: 'German' } }],
    ['the case of their values', { settings: { language: 'german' } }],
    ['the order of a list', { settings: { regions: [2, 1] } }],
  ])('depends on %s', async (_, different) => {
    const ids = [{}, { settings: { regions: [1, 2] } }, { settings: { language: 'GERMAN' } }].map((one) =>
      idOf(one),
    );

    expect(await Promise.all(ids)).not.toContain(await idOf(different));
  });

  it('depends on the execution when the source names no content', async () => {
    const { etag: _, ...source } = imageSource;

    expect(await idOf({ source }, EXECUTION)).not.toBe(await idOf({ source }, OTHER_EXECUTION));
    expect(await idOf({}, EXECUTION)).toBe(await idOf({}, OTHER_EXECUTION));
  });

  it('ends its descent into settings that no operation takes', async () => {
    expect(await idOf({ settings: nested(8, 1) })).not.toBe(await idOf({ settings: nested(8, 2) }));
    expect(await idOf({ settings: nested(9, 1) })).toBe(await idOf({ settings: nested(5000, 2) }));
  });
});
