import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { INDEX_FILE, openIndexFile } from '../../../local/search/index-file.ts';
import { searchHitsSchema } from '../../../local/search/search-hits.ts';
import { replaceTask } from '../../../local/search/write-index.ts';
import { newDirectory, runCommand } from '../../support/run-command.ts';
import { expectUsageError } from '../../support/usage-error.ts';

/** Creates a directory with the index of one document, as `serve --data` does. */
async function keepLetter(name = 'courier-data') {
  const directory = await newDirectory();
  await mkdir(join(directory, name));
  using index = openIndexFile(join(directory, name, INDEX_FILE));
  replaceTask(index, {
    taskId: 'letter',
    fingerprint: 'f',
    collectedAt: '2026-01-01T00:00:00.000Z',
    source: { bucket: 'scans', key: 'inbox/RecognizeImage/letter.png' },
    images: [
      {
        text: { result: { index: 0, key: 'results/0.txt' }, content: 'Dear Ms\u001b[31m Okafor,\nthank you' },
      },
    ],
  });
  return directory;
}

it.concurrent('prints hits, and exits with status 0', async () => {
  const directory = await keepLetter();

  const { status, stdout } = await runCommand(['search', 'okaf*', 'dear'], { directory });

  expect(status).toBe(0);
  expect(stdout).toBe(`letter.png  2026-01-01T00:00:00.000Z
  Dear Ms [31m Okafor, thank you
  /local/tasks/letter/documents/0

1 hit. To open a document: npm start -- serve --data courier-data
and then the path of the hit, at the address that it prints.
`);
});

it.concurrent('prints one JSON document with --json', async () => {
  const directory = await keepLetter('kept');

  const found = await runCommand(['search', '"thank you"', '--json', '--data', 'kept'], { directory });
  const none = await runCommand(['search', '"you thank"', '--json', '--data', 'kept'], { directory });

  expect(z.parse(searchHitsSchema, JSON.parse(found.stdout)).hits).toMatchObject([
    { taskId: 'letter', snippetParts: [{}, { text: 'thank you', isMatch: true }] },
  ]);
  expect([none.status, JSON.parse(none.stdout)]).toEqual([1, { hits: [] }]);
});

it.concurrent('says that there may be more hits than the limit', async () => {
  const directory = await keepLetter();

  const { stdout } = await runCommand(['search', 'okafor', '--limit', '1'], { directory });

  expect(stdout).toContain('The best 1 hit; --limit shows more. To open a document:');
});

it.concurrent('exits with status 1 without hits', async () => {
  const directory = await keepLetter();

  const result = await runCommand(['search', 'whale'], { directory });

  expect(result).toEqual({ status: 1, stdout: 'No hits.\n', stderr: '' });
});

it.concurrent.each([
  [
    ['search', 'whale'],
    "--data: got 'courier-data', which does not exist; allowed: a directory that serve keeps; to keep what it collects, run: npm start -- serve --data courier-data",
  ],
  [['search', 'whale', '--data', '.'], "--data: got '.', which has no search index; allowed"],
  [['search', '*'], 'WORDS: got no letter or digit; allowed: words to find, a "phrase" or a prefix*'],
  [['search', 'whale', '--limit', '101'], '--limit: got 101; allowed: a whole number from 1 to 100'],
])('rejects %j: %s', async (args, message) => {
  await expectUsageError(args, message);
});

it.concurrent('reports that an index is damaged, and how to repair it', async () => {
  const directory = await newDirectory();
  await writeFile(join(directory, INDEX_FILE), 'damaged'.repeat(1000));

  const { status, stderr } = await runCommand(['search', 'whale', '--data', directory]);

  expect(status).toBe(2);
  expect(stderr).toContain('which has a search index that cannot be read; allowed');
  expect(stderr).toContain(`npm start -- serve --data ${directory}`);
});
