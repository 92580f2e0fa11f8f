import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSpools } from '../../../../functions/adapters/aspose/spool.ts';
import { createDocumentWriter } from '../../../../functions/adapters/aws/document-writer.ts';
import { resetConnection } from '../../../../local/reset-connection.ts';
import { anEnding, aRecord, BUCKET } from '../../../support/builders.ts';
import { inTurn, listen, type Reply, replyWith } from '../../../support/loopback-server.ts';

const SECONDS = 5;

describe('a large document', () => {
  const text = 'whale '.repeat(500_000);

  /** Stores it through the real client in an S3 with these replies. */
  async function storeLarge(...replies: readonly Reply[]) {
    const { baseUrl, received } = await listen(inTurn(...replies));
    const client = new S3Client({
      endpoint: baseUrl,
      forcePathStyle: true,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    });
    const spools = createSpools();
    onTestFinished(() => {
      client.destroy();
      spools.close();
    });
    const spool = spools.open();
    spool.write(Buffer.from(text));
    const results = [{ type: 'Text', data: { kind: 'decoded', content: spool.end() } }] as const;
    const storing = (timeoutSeconds = SECONDS) =>
      createDocumentWriter(client, BUCKET).store(
        aRecord(),
        anEnding('Completed', { results }),
        timeoutSeconds,
      );
    const documents = () => received.filter(({ url }) => url.includes('/0.txt'));
    return { storing, documents };
  }

  const ok = replyWith(200);
  const errorCode = (code: string) => `<Error><Code>${code}</Code></Error>`;

  it.each<[string, Reply]>([
    ['SlowDown', replyWith(503, errorCode('SlowDown'))],
    ['InternalError', replyWith(500, errorCode('InternalError'))],
    ['a timeout that S3 reports', replyWith(400, errorCode('RequestTimeout'))],
    ['a reset connection', (response) => resetConnection(response.socket)],
  ])('is read again and put whole after %s, twice', async (_, fault) => {
    const { storing, documents } = await storeLarge(fault, fault, ok);

    await storing();

    expect(documents().map(({ body }) => body === text)).toEqual([true, true, true]);
  });

  it('is put three times at most', async () => {
    const { storing, documents } = await storeLarge(replyWith(503, errorCode('SlowDown')));

    await expect(storing()).rejects.toMatchObject({ name: 'SlowDown' });
    expect(documents()).toHaveLength(3);
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('is put once when S3 responds %i %s', async (status, code) => {
    const { storing, documents } = await storeLarge(replyWith(status, errorCode(code)));

    await expect(storing()).rejects.toMatchObject({ name: code });
    expect(documents()).toHaveLength(1);
  });

  it('is given up at the timeout', async () => {
    const { storing } = await storeLarge(() => {});

    await expect(storing(0.2)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
