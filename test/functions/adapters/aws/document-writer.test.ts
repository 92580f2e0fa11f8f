import { createHash } from 'node:crypto';
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDocumentWriter } from '../../../../functions/adapters/aws/document-writer.ts';
import type { ReceivedResult } from '../../../../functions/core/vendor-response.ts';
import {
  anEnding,
  aRecord,
  BUCKET,
  decoded,
  missing,
  TASK_ID,
  undecodable,
} from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const s3 = mockClient(S3Client);
/** Not whole milliseconds, as the time left in an invocation. */
const SECONDS = 5.0001;
const documents = createDocumentWriter(new S3Client({}), BUCKET);
const PREFIX = `results/RecognizeImage/${TASK_ID}`;

beforeEach(() => {
  s3.reset();
  s3.rejects('not expected');
});

async function store(...results: readonly ReceivedResult[]) {
  s3.on(PutObjectCommand).resolves({});
  const stored = await documents.store(
    aRecord(),
    anEnding('Completed', { results, messages: ['m'] }),
    SECONDS,
  );
  const puts = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
  return { stored, puts };
}

function bytesIn(put: PutObjectCommandInput | undefined): Buffer {
  if (put?.Body instanceof Uint8Array) return Buffer.from(put.Body);
  throw new Error('no body');
}

const checksum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');

describe('storing results', () => {
  it('puts a document as an attachment with its length, type, checksum and origin', async () => {
    const { puts } = await store(decoded('All men live'));

    expect(puts[0]).toEqual({
      Bucket: BUCKET,
      Key: `${PREFIX}/0.txt`,
      Body: Buffer.from('All men live'),
      ContentLength: 12,
      ContentType: 'text/plain; charset=utf-8',
      ContentDisposition: 'attachment; filename="0.txt"',
      ChecksumSHA256: checksum(Buffer.from('All men live')),
      Metadata: {
        'task-id': TASK_ID,
        operation: 'RecognizeImage',
        'result-index': '0',
        'result-type': 'Text',
      },
    });
  });

  it('puts the manifest last, with an entry for each result', async () => {
    const { puts, stored } = await store(decoded('one'), decoded('%PDF-', 'Pdf'));

    expect(puts.map(({ Key }) => Key)).toEqual([
      `${PREFIX}/0.txt`,
      `${PREFIX}/1.pdf`,
      `${PREFIX}/manifest.json`,
    ]);
    const bytes = bytesIn(puts[2]);
    expect(puts[2]).toMatchObject({
      ContentType: 'application/json',
      ContentLength: bytes.length,
      ChecksumSHA256: checksum(bytes),
    });
    expect(JSON.parse(bytes.toString())).toMatchObject({
      taskId: TASK_ID,
      bucket: BUCKET,
      results: stored.results,
    });
  });

  it('returns the entries and the warnings of the results', async () => {
    const { stored } = await store(decoded('one'), missing(), decoded('<html>', 'Pdf'));

    expect(stored).toEqual({
      results: [
        expect.objectContaining({ index: 0, key: `${PREFIX}/0.txt` }),
        expect.objectContaining({ index: 1, key: null }),
        expect.objectContaining({ index: 2, key: `${PREFIX}/2.pdf` }),
      ],
      manifestKey: `${PREFIX}/manifest.json`,
      warnings: [
        'results[1]: Aspose sent no data',
        'results[2]: the content does not begin as application/pdf does; stored as received',
      ],
    });
  });

  it('puts nothing for a result without data, and an empty object for an empty document', async () => {
    const { puts } = await store(missing(), decoded(''));

    expect(puts.map(({ Key, ContentLength }) => [Key, ContentLength])).toEqual([
      [`${PREFIX}/1.txt`, 0],
      [`${PREFIX}/manifest.json`, expect.any(Number)],
    ]);
  });

  it('puts the same bytes under the same keys when it is repeated', async () => {
    const results = [decoded('one'), undecodable('?')];
    const { puts: first } = await store(...results);
    s3.resetHistory();
    const { puts: second } = await store(...results);

    expect(second).toEqual(first);
  });

  it('puts a hostile type into metadata as short printable ASCII', async () => {
    const { puts } = await store(decoded('x', `Текст\r\nx-amz-acl: public-read${'t'.repeat(10_240)}`));

    expect(puts[0]?.Metadata?.['result-type']).toMatch(/^[\x20-\x7e]{1,64}$/);
  });

  it('throws and puts no manifest when S3 refuses a document', async () => {
    s3.on(PutObjectCommand).rejectsOnce('SlowDown').resolves({});

    await expect(
      documents.store(aRecord(), anEnding('Completed', { results: [decoded('x')] }), SECONDS),
    ).rejects.toThrow('SlowDown');
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(1);
  });
});
