import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { storedResultSchema } from '../../functions/contracts/task-record.ts';
import { errorCode } from '../error-code.ts';
import { OutputError } from './command-errors.ts';

/** One result, and where its document was written. */
export interface CopiedDocument {
  readonly index: number;
  readonly type: string | null;
  readonly contentType: string | null;
  readonly key: string | null;
  /** Relative to the directory it was copied to; null when Aspose sent no data. */
  readonly path: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
}

const manifestSchema = z.object({ results: z.array(storedResultSchema) });

/**
 * Copies the documents that a manifest lists, and the manifest itself, into a directory.
 *
 * @throws OutputError when they cannot be written
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
    const why = errorCode(error) ?? error;
    throw new OutputError(
      `'${directory}': the documents of ${manifestKey} could not be written there (${why})`,
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
