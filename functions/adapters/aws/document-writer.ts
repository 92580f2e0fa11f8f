import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DescribedResult, describeResult, manifest, manifestKeyOf } from '../../core/manifest.ts';
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
    abortSignal: AbortSignal,
  ) {
    const body = content.open();
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body instanceof Uint8Array ? body : new Uint8Array(),
      ContentLength: content.bytes,
      ContentType: contentType,
      // An untrusted document opened from a link must not run scripts in the bucket's origin.
      ContentDisposition: `attachment; filename="${key.slice(key.lastIndexOf('/') + 1)}"`,
      // S3 rejects a body that differs from what was hashed while decoding.
      ChecksumSHA256: Buffer.from(content.sha256, 'hex').toString('base64'),
      Metadata: metadata,
    });
    if (!(body instanceof Uint8Array)) streamInEachAttempt(command, content);
    await client.send(command, { abortSignal });
  }

  async function putDocument(
    { entry, document }: DescribedResult,
    metadata: Record<string, string>,
    abortSignal: AbortSignal,
  ): Promise<void> {
    if (document === undefined) return;
    const { key, contentType, content } = document;
    const { index, type } = entry;
    const resultType = type === null ? {} : { 'result-type': type };
    const all = { ...metadata, 'result-index': String(index), ...resultType };
    await put(key, contentType, content, all, abortSignal);
  }

  return {
    bucket,
    async store(record, ending, timeoutSeconds) {
      const failed = new AbortController();
      const timeout = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
      const abortSignal = AbortSignal.any([timeout, failed.signal]);
      const { taskId, operation } = record;
      const metadata = { 'task-id': taskId, operation };
      const described = ending.results.map((result, index) => describeResult(record, index, result));
      for (let from = 0; from < described.length; from += CONCURRENT_PUTS) {
        const puts = described
          .slice(from, from + CONCURRENT_PUTS)
          .map((result) => putDocument(result, metadata, abortSignal));
        try {
          await Promise.all(puts);
        } catch (error) {
          failed.abort();
          await Promise.allSettled(puts);
          throw error;
        }
      }
      const manifestKey = manifestKeyOf(record);
      const json = Buffer.from(JSON.stringify(manifest(record, ending, bucket, described), null, 2));
      // The manifest is last, so that all documents it lists exist.
      await put(manifestKey, 'application/json', contentOf(json), metadata, abortSignal);
      return {
        results: described.map(({ entry }) => entry),
        manifestKey,
        warnings: described.flatMap(warningOf),
      };
    },
  };
}

/**
 * Opens the content anew for each attempt. The SDK does not retry a request whose body is a stream,
 * so it gets an empty body, which is replaced between its retries and its signature.
 */
function streamInEachAttempt(command: PutObjectCommand, { open }: StorableContent): void {
  const stream =
    <Args extends { readonly request: unknown }, Output>(attempt: (args: Args) => Promise<Output>) =>
    async (args: Args) => {
      const body = Readable.from(open());
      const unreadable = new Promise<never>((_, reject) => body.once('error', reject));
      try {
        const request = Object.assign({}, args.request, { body });
        return await Promise.race([attempt({ ...args, request }), unreadable]);
      } finally {
        body.destroy();
      }
    };
  command.middlewareStack.addRelativeTo(stream, {
    name: 'streamInEachAttempt',
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
  });
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
