import { ListObjectsV2Command, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { createImageListing } from '../../../../functions/adapters/aws/image-listing.ts';
import { startEmbeddedS3 } from '../../../support/embedded-s3.ts';
import { mockClient } from '../../../support/mock-client.ts';
import { toArray } from '../../../support/to-array.ts';

it('lists the objects below a prefix with their ETags and sizes', async () => {
  const { client, bucket, put } = await startEmbeddedS3();
  const etag = await put('images/a b+c ü.png', 'sea');
  const other = await put('images/b/c.png', 'lakes');
  await put('other/d.png', 'sea');

  expect(await toArray(createImageListing(client)({ bucket, prefix: 'images/' }))).toEqual([
    { key: 'images/a b+c ü.png', etag, bytes: 3 },
    { key: 'images/b/c.png', etag: other, bytes: 5 },
  ]);
});

describe('the requests for a listing', () => {
  const client = new S3Client({ region: 'eu-central-1' });
  const s3 = mockClient(client);
  const list = () => toArray(createImageListing(client)({ bucket: 'scans', prefix: 'in/' }));

  const failure = (name: string, httpStatusCode: number) =>
    new S3ServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

  beforeEach(() => {
    s3.reset();
    s3.rejects('not expected');
  });

  it('continue until the last page', async () => {
    const request = { Bucket: 'scans', Prefix: 'in/' };
    s3.on(ListObjectsV2Command, { ...request, ContinuationToken: undefined })
      .resolves({ Contents: [{ Key: 'in/a', ETag: '"1"', Size: 5 }], NextContinuationToken: 't' })
      .on(ListObjectsV2Command, { ...request, ContinuationToken: 't' })
      .resolves({ Contents: [{ Key: 'in/b', ETag: '"2-3"', Size: 6 }] });

    expect(await list()).toEqual([
      { key: 'in/a', etag: '1', bytes: 5 },
      { key: 'in/b', etag: '2-3', bytes: 6 },
    ]);
  });

  it('may find nothing', async () => {
    s3.on(ListObjectsV2Command).resolves({});

    expect(await list()).toEqual([]);
  });

  it.each([
    ['AccessDenied', 'access is denied, or there is no such object'],
    ['NoSuchBucket', 'there is no such bucket'],
    ['PermanentRedirect', 'the bucket is in another Region'],
  ])('explain %s', async (name, meaning) => {
    s3.on(ListObjectsV2Command).rejects(failure(name, 403));

    await expect(list()).rejects.toMatchObject({
      name: 'UnusableListError',
      reason: 'ListUnreadable',
      message: `The images cannot be listed: ${meaning} (${name})`,
    });
  });

  it('fail with errors that pass, which the caller retries', async () => {
    const error = failure('SlowDown', 503);
    s3.on(ListObjectsV2Command).rejects(error);

    await expect(list()).rejects.toBe(error);
  });
});
