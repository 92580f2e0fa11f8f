import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DescribedResult, describeResult, manifest, storagePrefix } from '../../core/manifest.ts';
import type { DocumentWriter } from '../../core/ports.ts';

/** Concurrent PUTs. One at a time, thousands of regions would take minutes. */
const CONCURRENT_PUTS = 8;

/** Stores documents in S3 under `results/<operation>/<taskId>/`. */
export function createDocumentWriter(client: S3Client, bucket: string): DocumentWriter {
  async function put(
    key: string,
    contentType: string,
    content: StorableContent,
    metadata: Record<string, string>,
  ) {
    const body = content.open();
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body instanceof Uint8Array || body instanceof Readable ? body : Readable.from(body),
        ContentLength: content.bytes,
        ContentType: contentType,
        // An untrusted document opened from a link must not run scripts in the bucket's origin.
        ContentDisposition: `attachment; filename="${key.slice(key.lastIndexOf('/') + 1)}"`,
        // S3 rejects a body that differs from what was hashed while decoding.
        ChecksumSHA256: Buffer.from(content.sha256, 'hex').toString('base64'),
        Metadata: metadata,
      }),
    );
  }

  async function putDocument(
    { entry, document }: DescribedResult,
    metadata: Record<string, string>,
  ): Promise<void> {
    if (document === undefined) return;
    const { key, contentType, content } = document;
    const { index, type } = entry;
    const resultType = type === null ? {} : { 'result-type': type };
    await put(key, contentType, content, { ...metadata, 'result-index': String(index), ...resultType });
  }

  return {
    bucket,
    async store(record, ending) {
      const { taskId, operation } = record;
      const metadata = { 'task-id': taskId, operation };
      const described = ending.results.map((result, index) => describeResult(record, index, result));
      for (let from = 0; from < described.length; from += CONCURRENT_PUTS) {
        await Promise.all(
          described.slice(from, from + CONCURRENT_PUTS).map((result) => putDocument(result, metadata)),
        );
      }
      const manifestKey = `${storagePrefix(record)}/manifest.json`;
      const json = Buffer.from(JSON.stringify(manifest(record, ending, bucket, described), null, 2));
      // The manifest is last, so that all documents it lists exist.
      await put(manifestKey, 'application/json', contentOf(json), metadata);
      return {
        results: described.map(({ entry }) => entry),
        manifestKey,
        warnings: described.flatMap(warningOf),
      };
    },
  };
}

interface StorableContent {
  readonly bytes: number;
  readonly sha256: string;
  open(): Uint8Array | AsyncIterable<Uint8Array>;
}

function contentOf(bytes: Uint8Array): StorableContent {
  return {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    open: () => bytes,
  };
}

function warningOf({ warning }: DescribedResult): string[] {
  return warning === undefined ? [] : [warning];
}
