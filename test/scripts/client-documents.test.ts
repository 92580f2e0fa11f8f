import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clientSizeTable, measureClient } from '../../scripts/client-size.ts';
import { clientTypes } from '../../scripts/client-types.ts';
import { blocksOf } from '../../scripts/documents/generated-blocks.ts';
import { PROJECT } from '../support/project-paths.ts';

/** A page can load it without thinking about it. Find out what grew before you raise it. */
const MAX_GZIP_BYTES = 12_000;

it('the committed types of the client are what `npm run generate` writes', async () => {
  expect(await readFile(join(PROJECT, 'client', 'api-types.ts'), 'utf8')).toBe(await clientTypes());
});

it('the documented size of the client is what `npm run generate` writes', async () => {
  const page = await readFile(join(PROJECT, 'docs', 'use', 'client.md'), 'utf8');

  expect(blocksOf(page)).toEqual(await clientSizeTable());
});

it('the client stays small', async () => {
  expect((await measureClient()).gzipBytes).toBeLessThan(MAX_GZIP_BYTES);
});
