import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import { manifestSchema } from '../functions/contracts/manifest.ts';
import type { StoredResult } from '../functions/contracts/task-record.ts';
import { CommandError } from './command-errors.ts';
import { listEarlierFiles } from './earlier-files.ts';
import { errorCode } from './error-code.ts';

/** One result, and the path of its document. */
export interface CopiedDocument
  extends Pick<StoredResult, 'index' | 'type' | 'contentType' | 'key' | 'bytes' | 'sha256'> {
  /** Relative to the output directory; null when Aspose sent no data. */
  readonly path: string | null;
}

/** Where a task's manifest and documents are. */
export interface StoredDocuments {
  readonly manifestKey: string;
  /** Reads a document, or the manifest; undefined when it cannot be read from here. */
  read(key: string): Promise<Uint8Array | undefined>;
}

/**
 * Copies a manifest and the documents that it lists into a directory. They replace those of an
 * earlier run. No other file is changed.
 *
 * @param advice what the user can do when a document cannot be written
 * @throws CommandError when a file cannot be written, or exists and no earlier run wrote it
 */
export async function copyDocuments(
  { manifestKey, read }: StoredDocuments,
  directory: string,
  advice = 'choose another directory with --out',
): Promise<CopiedDocument[]> {
  function write(key: string, content: Uint8Array): Promise<void> {
    return writeFile(join(directory, basename(key)), content).catch(failToWrite);
  }

  function failToWrite(error: unknown): never {
    throw notWritten(String(errorCode(error) ?? error));
  }

  function notWritten(reason: string): CommandError {
    const documents = `The documents of ${manifestKey}`;
    return new CommandError(`${documents} could not be written to '${directory}' (${reason}); ${advice}`);
  }

  const manifest = (await read(manifestKey)) ?? new Uint8Array();
  const { results } = z.parse(manifestSchema, JSON.parse(Buffer.from(manifest).toString('utf8')));
  const keys = results.flatMap(({ key, undecodedKey }) => [key, undecodedKey]).filter((key) => key != null);
  await mkdir(directory, { recursive: true }).catch(failToWrite);
  const earlier = await listEarlierFiles(directory);
  const names = [manifestKey, ...keys].map((key) => basename(key));
  const foreign = (await readdir(directory)).find((name) => names.includes(name) && !earlier.includes(name));
  if (foreign !== undefined) throw notWritten(`${foreign} is there, and no earlier run wrote it`);
  for (const name of earlier) await rm(join(directory, name), { force: true }).catch(failToWrite);
  // The manifest comes first, so that the next run also replaces the files of an interrupted one.
  await write(manifestKey, manifest);
  for (const key of keys) {
    const content = await read(key);
    if (content !== undefined) await write(key, content);
  }
  return results.map(({ index, type, contentType, key, bytes, sha256 }) => {
    return { index, type, contentType, key, path: key === null ? null : basename(key), bytes, sha256 };
  });
}
