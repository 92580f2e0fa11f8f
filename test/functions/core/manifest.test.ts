import { describe, expect, it } from 'vitest';
import { storedResultSchema } from '../../../functions/contracts/task-record.ts';
import { describeResult, manifest } from '../../../functions/core/manifest.ts';
import {
  anEnding,
  aRecord,
  BUCKET,
  contentOf,
  decoded,
  missing,
  TASK_ID,
  undecodable,
} from '../../support/builders.ts';

const PREFIX = `results/RecognizeImage/${TASK_ID}`;

describe('describeResult', () => {
  it('describes a document by its key, type, length and hash', () => {
    const text = 'All men live enveloped in whale-lines.';

    expect(describeResult(aRecord(), 0, decoded(text))).toEqual({
      entry: {
        index: 0,
        type: 'Text',
        contentType: 'text/plain; charset=utf-8',
        key: `${PREFIX}/0.txt`,
        bytes: 38,
        sha256: contentOf(text).sha256,
        empty: false,
      },
      document: {
        key: `${PREFIX}/0.txt`,
        contentType: 'text/plain; charset=utf-8',
        content: expect.objectContaining({ bytes: 38 }),
      },
    });
  });

  it('stores an empty document under its index', () => {
    expect(describeResult(aRecord(), 4, decoded(''))).toMatchObject({
      entry: { index: 4, key: `${PREFIX}/4.txt`, bytes: 0, empty: true },
      document: { key: `${PREFIX}/4.txt` },
    });
  });

  it('lists a result without data, stores nothing for it, and warns', () => {
    expect(describeResult(aRecord(), 2, missing('Pdf'))).toEqual({
      entry: { index: 2, type: 'Pdf', contentType: null, key: null, bytes: 0, sha256: null, empty: true },
      warning: 'results[2]: Aspose sent no data',
    });
  });

  it('stores undecodable data under a separate key', () => {
    const described = describeResult(aRecord(), 1, undecodable('no base64', 'Pdf'));

    expect(described).toMatchObject({
      entry: { index: 1, key: null, sha256: null, empty: false, undecodedKey: `${PREFIX}/1.undecoded` },
      document: { key: `${PREFIX}/1.undecoded`, contentType: 'application/octet-stream' },
    });
  });

  it('warns about a document that does not match its type', () => {
    expect(describeResult(aRecord(), 0, decoded('<html>', 'Pdf')).warning).toMatch(
      /^results\[0\]: the content/,
    );
  });

  it.each(['../../../other-task/0.txt', 'Text\r\nx-amz-acl: public-read', 'a/b', '%2e%2e', '\0'])(
    'never uses the type from Aspose in a key: %j',
    (type) => {
      const { entry, document } = describeResult(aRecord(), 0, decoded('x', type));

      expect(document?.key).toBe(`${PREFIX}/0.bin`);
      expect(entry.type).toMatch(/^[\x20-\x7e]*$/);
    },
  );

  it.each([decoded('x'), missing(), undecodable('?'), decoded('x', null)])(
    'returns an entry that matches its schema for the result %j',
    (result) => {
      expect(storedResultSchema.safeParse(describeResult(aRecord(), 0, result).entry).success).toBe(true);
    },
  );
});

describe('manifest', () => {
  const results = [decoded('one'), missing(), decoded('<html>', 'Pdf')];
  const described = results.map((result, index) => describeResult(aRecord(), index, result));

  it('contains every result and every warning', () => {
    const ending = anEnding('Completed', {
      results,
      partial: true,
      messages: ['m'],
      warnings: ['theirs'],
      responseStatusCode: 'Ok\n',
    });

    expect(manifest(aRecord({ operation: 'RecognizeImageTrial' }), ending, BUCKET, described)).toEqual({
      version: '1',
      taskId: TASK_ID,
      operation: 'RecognizeImageTrial',
      generation: 1,
      outcome: 'Completed',
      reason: undefined,
      trial: true,
      partial: true,
      empty: false,
      responseStatusCode: 'Ok?',
      bucket: BUCKET,
      results: described.map(({ entry }) => entry),
      messages: ['m'],
      warnings: [
        'theirs',
        'results[1]: Aspose sent no data',
        'results[2]: the content does not begin as application/pdf does; stored as received',
      ],
    });
  });

  it('contains all of 5000 results', () => {
    const many = Array.from({ length: 5000 }, (_, index) => describeResult(aRecord(), index, decoded('x')));

    expect(manifest(aRecord(), anEnding('Completed'), BUCKET, many).results).toHaveLength(5000);
  });

  it('depends only on the response, not on the version or attempts of the record', () => {
    const early = manifest(aRecord({ version: 1 }), anEnding('Completed'), BUCKET, described);
    const late = manifest(aRecord({ version: 9, attempts: 7 }), anEnding('Completed'), BUCKET, described);

    expect(JSON.stringify(late)).toBe(JSON.stringify(early));
  });
});
