import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import { MANIFEST_FILE, manifestSchema } from '../functions/contracts/manifest.ts';
import { parseJson } from '../functions/core/parse-json.ts';

/** Lists the files that an earlier run wrote into a directory: its manifest, and its documents. */
export async function listEarlierFiles(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, MANIFEST_FILE), 'utf8').catch(() => '');
  const manifest = z.safeParse(manifestSchema, parseJson(text)).data;
  if (manifest === undefined) return [];
  const keys = manifest.results.flatMap(({ key, undecodedKey }) => [key ?? [], undecodedKey ?? []].flat());
  return [MANIFEST_FILE, ...keys.map((key) => basename(key))];
}
