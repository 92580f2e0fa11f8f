import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDocumentReader } from '../../../../functions/adapters/aws/document-reader.ts';
import { longestStoredResults } from '../../../support/builders.ts';
import { listen, sendsJson } from '../../../support/loopback-server.ts';

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

it('a link holds for five minutes, for one document, which it gives a name and never opens', async () => {
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

describe('whether a document exists', () => {
  it('is asked of S3', async () => {
    s3.on(HeadObjectCommand, { Bucket: 'results', Key: 'there' }).resolves({});

    expect(await documents.exists('there')).toBe(true);
  });

  it.each([404, 403])(
    'is denied by HTTP %i: without s3:ListBucket S3 answers 403 for both',
    async (status) => {
      s3.on(HeadObjectCommand).rejects(failure(status));

      expect(await documents.exists('gone')).toBe(false);
    },
  );

  it('is not known when S3 fails', async () => {
    s3.on(HeadObjectCommand).rejects(failure(503));

    await expect(documents.exists('key')).rejects.toThrow('HTTP 503');
  });
});

describe('a manifest', () => {
  it('is read for all of its results', async () => {
    const results = longestStoredResults(3);
    const server = await listen(sendsJson({ version: '1', results }));
    const overHttp = new S3Client({ region: 'eu-central-1', credentials, endpoint: server.baseUrl });

    expect(await createDocumentReader(overHttp, 'results').readManifest('manifest.json')).toEqual(results);
    expect(server.received).toMatchObject([{ url: expect.stringMatching(/^\/results\/manifest\.json\b/) }]);
  });

  it('that is gone is nothing', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'gone', $metadata: {} }));

    expect(await documents.readManifest('manifest.json')).toBeUndefined();
  });
});
