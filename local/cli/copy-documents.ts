import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type StoredResult, storedResultSchema } from '../../functions/contracts/task-record.ts';
import { errorCode } from '../error-code.ts';
import { CommandError } from './command-errors.ts';

/** One result, and the path of its document. */
export interface CopiedDocument
  extends Pick<StoredResult, 'index' | 'type' | 'contentType' | 'key' | 'bytes' | 'sha256'> {
  /** Relative to the output directory; null when Aspose sent no data. */
  readonly path: string | null;
}

const manifestSchema = z.object({ results: z.array(storedResultSchema) });

/**
 * Copies a manifest and the documents that it lists into a directory.
 *
 * @throws CommandError when a file cannot be written
 */
export async function copyDocuments(
  client: S3Client,
  bucket: string,
  manifestKey: string,
  directory: string,
): Promise<CopiedDocument[]> {
  async function copy(key: string): Promise<{ readonly path: string; readonly content: Uint8Array }> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const path = basename(key);
    await writeFile(join(directory, path), content).catch(failToWrite);
    return { path, content };
  }

  function failToWrite(error: unknown): never {
    throw new CommandError(
      `The documents of ${manifestKey} could not be written to '${directory}' (${errorCode(error) ?? error}); choose another directory with --out`,
    );
  }

  await mkdir(directory, { recursive: true }).catch(failToWrite);
  const manifest = await copy(manifestKey);
  const { results } = manifestSchema.parse(JSON.parse(Buffer.from(manifest.content).toString('utf8')));
  const documents: CopiedDocument[] = [];
  for (const { index, type, contentType, key, bytes, sha256, undecodedKey } of results) {
    const path = key === null ? null : (await copy(key)).path;
    if (undecodedKey !== undefined) await copy(undecodedKey);
    documents.push({ index, type, contentType, key, path, bytes, sha256 });
  }
  return documents;
}
