import {
  GetObjectTaggingCommand,
  PutObjectTaggingCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSourceTags } from '../../../../functions/adapters/aws/source-tags.ts';
import { mockClient } from '../../../support/mock-client.ts';

const s3 = mockClient(S3Client);
const faults: string[] = [];
const tag = createSourceTags(new S3Client({}), 'results', (fault) => faults.push(fault));
const source = { bucket: 'results', key: 'inbox/RecognizeImage/a.png', versionId: 'v1' };
const object = { Bucket: 'results', Key: source.key, VersionId: 'v1' };

const failure = (name: string, httpStatusCode: number) =>
  new S3ServiceException({ name, message: 'no', $fault: 'client', $metadata: { httpStatusCode } });

beforeEach(() => {
  s3.reset();
  s3.rejects('not expected');
  faults.length = 0;
});

describe('createSourceTags', () => {
  it('adds tags to those that the version has, and replaces its own', async () => {
    const TagSet = [
      { Key: 'customer', Value: '7' },
      { Key: 'ocr-courier', Value: 'Failed' },
    ];
    s3.on(GetObjectTaggingCommand).resolves({ TagSet });
    s3.on(PutObjectTaggingCommand).resolves({});

    await tag(source, { 'ocr-courier': 'Completed' });

    const expected = [
      { Key: 'customer', Value: '7' },
      { Key: 'ocr-courier', Value: 'Completed' },
    ];
    expect(s3).toHaveReceivedCommandWith(PutObjectTaggingCommand, {
      ...object,
      Tagging: { TagSet: expected },
    });
  });

  it.each([
    { bucket: 'elsewhere', key: source.key },
    { bucket: 'results', key: 'results/0.txt' },
  ])('leaves objects outside the inbox alone: %j', async (other) => {
    await tag(other, { 'ocr-courier': 'Completed' });

    expect(s3.calls()).toEqual([]);
  });

  it('O17: reports an object that has no room', async () => {
    const TagSet = Array.from({ length: 10 }, (_, index) => ({ Key: String(index), Value: 'x' }));
    s3.on(GetObjectTaggingCommand).resolves({ TagSet });

    await tag(source, { 'ocr-courier': 'Completed' });

    expect(faults).toEqual(['the object has 10 other tags']);
  });

  it('O17: reports lasting errors of S3, and throws passing ones', async () => {
    s3.on(GetObjectTaggingCommand)
      .rejectsOnce(failure('AccessDenied', 403))
      .rejectsOnce(failure('SlowDown', 503));

    await tag(source, { 'ocr-courier': 'Completed' });
    expect(faults).toEqual(['AccessDenied']);
    await expect(tag(source, { 'ocr-courier': 'Completed' })).rejects.toMatchObject({ name: 'SlowDown' });
  });
});
