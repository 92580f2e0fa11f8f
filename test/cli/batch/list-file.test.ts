import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readListFile } from '../../../cli/batch/list-file.ts';
import { newDirectory, SAMPLES } from '../../support/run-command.ts';

const BATCH = { operation: 'RecognizeImage' as const };
const { signal } = new AbortController();

async function readText(text: string, name = 'list.txt') {
  const directory = await newDirectory();
  await writeFile(join(directory, name), text);
  const { jsonLines, items } = await readListFile(name, directory, BATCH, signal);
  return { lines: Buffer.from(jsonLines).toString().split('\n').filter(Boolean), items };
}

const failureOf = (text: string, name?: string) =>
  readText(text, name).then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );

it.each([
  ['plain ids, with empty lines and CRLF', 'list.txt', 'one\r\n\r\n  two\r\n', ['"one"', '"two"']],
  ['plain ids that look like other JSON', 'ids', '12\ntrue\nnull', ['"12"', '"true"', '"null"']],
  ['a byte order mark', 'list.txt', '\ufeffone\n', ['"one"']],
  ['JSON by its first character', 'list', ' ["one",{"taskId":"two"}]', ['"one"', '{"taskId":"two"}']],
  ['JSON Lines by the first character', 'list', '{"taskId":"one"}\n"two"\n', ['{"taskId":"one"}', '"two"']],
  [
    'CSV by its header',
    'list',
    'taskId,correlation\none,"a, b"\n',
    ['{"taskId":"one","correlation":"a, b"}'],
  ],
  ['CSV with a quoted header', 'list', '"taskId"\none\n', ['{"taskId":"one"}']],
  ['CSV by its ending', 'LIST.CSV', 'taskId\none\n', ['{"taskId":"one"}']],
  ['JSON by its ending', 'list.json', '["one"]', ['"one"']],
])('reads %s', async (_, name, text, lines) => {
  expect(await readText(text, name)).toEqual({ lines, items: lines.length });
});

it('keeps a list that arrives in small parts whole', async () => {
  async function* parts() {
    for (const byte of Buffer.from('{"taskId":"one","correlation":"ü"}\ntwo\n')) yield Buffer.from([byte]);
  }

  const { jsonLines } = await readListFile('-', '/', BATCH, signal, parts());

  expect(Buffer.from(jsonLines).toString()).toBe('{"taskId":"one","correlation":"\\u00fc"}\n"two"\n');
});

it.each([
  ['one\na/b\n', 'list.txt', 'LIST: line 2: taskId: got a string of 3 characters'],
  ['taskId\none\n\na b\n', 'list.csv', 'LIST: line 4: taskId: got a string of 3 characters'],
  ['one\n{"taskId":1}\n', 'list.jsonl', 'LIST: line 2: taskId: got 1; allowed'],
  ['["one", 2]', 'list.json', 'LIST: item 2: got 2; allowed'],
  ['["one"', 'list.json', 'LIST: got text that is not JSON'],
  ['', 'list.txt', 'LIST: got no items; allowed: 1 to 1000000 items'],
  ['taskId\n', 'list.csv', 'LIST: got no items'],
  [
    'taskId\na"b\n',
    'list.csv',
    'LIST: got a quotation mark inside a cell after line 1; allowed: a cell with',
  ],
  ['bucket,key\nimages,a.png\n', 'images.txt', 'LIST: line 2: got an image in S3; allowed: task ids'],
])('refuses %j as %s: %s', async (text, name, message) => {
  expect(await failureOf(text, name)).toContain(message);
});

it('refuses an image in place of a list, and names the option for images', async () => {
  const image = readListFile('letter.png', SAMPLES, BATCH, signal);

  await expect(image).rejects.toThrow(
    "list: got 'letter.png', which is not UTF-8; allowed: a list of task ids; for images, --images DIR",
  );
});

it('refuses a file that cannot be read', async () => {
  const directory = await newDirectory();
  const read = (path: string) => readListFile(path, directory, BATCH, signal);

  await expect(read('nowhere')).rejects.toThrow("list: got 'nowhere', which cannot be read (ENOENT)");
  await expect(read('.')).rejects.toThrow("list: got '.', which is a directory; allowed: a readable file");
});
