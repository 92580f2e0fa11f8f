import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDocumentReader } from '../../../../functions/adapters/aws/document-reader.ts';
import { longestStoredResults } from '../../../support/builders.ts';
import { listen, replyWithJson } from '../../../support/loopback-server.ts';
import { mockClient } from '../../../support/mock-client.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary' };
const client = new S3Client({ region: 'eu-central-1', credentials });
const s3 = mockClient(client);
const documents = createDocumentReader(client, 'results');

const failure = (httpStatusCode: number) =>
  new S3ServiceException({
    name: 'Failure',
    message: `HTTP ${httpStatusCode}`,
    $fault: 'client',
    $metadata: { httpStatusCode },
  });

beforeEach(() => {
  s3.reset();
  s3.rejects('not expected');
});

it('a link downloads one document under its file name and expires after five minutes', async () => {
  const link = new URL(await documents.link('results/RecognizeImage/t/0.txt', 't-0.txt'));

  expect(`${link.origin}${link.pathname}`).toBe(
    'https://results.s3.eu-central-1.amazonaws.com/results/RecognizeImage/t/0.txt',
  );
  expect(Object.fromEntries(link.searchParams)).toMatchObject({
    'X-Amz-Expires': '300',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    'response-content-disposition': 'attachment; filename="t-0.txt"',
  });
  expect(link.href).not.toContain('canary');
});

describe('exists', () => {
  it('is true when S3 has the document', async () => {
    s3.on(HeadObjectCommand, { Bucket: 'results', Key: 'there' }).resolves({});

    expect(await documents.exists('there')).toBe(true);
  });

  // Without s3:ListBucket, S3 returns 403 for a key that does not exist.
  it.each([404, 403])('is false when S3 returns HTTP %i', async (status) => {
    s3.on(HeadObjectCommand).rejects(failure(status));

    expect(await documents.exists('gone')).toBe(false);
  });

  it('throws when S3 fails', async () => {
    s3.on(HeadObjectCommand).rejects(failure(503));

    await expect(documents.exists('key')).rejects.toThrow('HTTP 503');
  });
});

describe('readManifest', () => {
  it('returns all results of the manifest', async () => {
    const results = longestStoredResults(3);
    const server = await listen(replyWithJson({ version: '1', results }));
    const overHttp = new S3Client({ region: 'eu-central-1', credentials, endpoint: server.baseUrl });

    expect(await createDocumentReader(overHttp, 'results').readManifest('manifest.json')).toEqual(results);
    expect(server.received).toMatchObject([{ url: expect.stringMatching(/^\/results\/manifest\.json\b/) }]);
  });

  it('returns undefined when the manifest was deleted', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'gone', $metadata: {} }));

    expect(await documents.readManifest('manifest.json')).toBeUndefined();
  });
});
