import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { findHits } from '../../../local/search/find-hits.ts';
import { readHocr } from '../../../local/search/hocr-words.ts';
import { openMemoryIndex } from '../../../local/search/index-file.ts';
import { searchHitsSchema } from '../../../local/search/search-hits.ts';
import {
  type IndexedImage,
  type IndexedTask,
  MAX_DOCUMENT_CHARACTERS,
  removeTask,
  replaceTask,
} from '../../../local/search/write-index.ts';
import { hocrOf } from '../../support/hocr.ts';
import { reproducible } from '../../support/reproducible.ts';

/** Any character, and halves of characters. */
const codeUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

const image = (content: string, hocr?: string) => ({ content, hocr });

async function indexed({ content, hocr }: ReturnType<typeof image>): Promise<IndexedImage> {
  return {
    text: { result: { index: 0, key: 'results/0.txt' }, content },
    hocr:
      hocr === undefined
        ? undefined
        : { result: { index: 1, key: 'results/1.hocr' }, document: await readHocr(hocr) },
  };
}

async function aTask(taskId: string, ...images: readonly ReturnType<typeof image>[]): Promise<IndexedTask> {
  return {
    taskId,
    fingerprint: 'f',
    collectedAt: '2026-01-01T00:00:00.000Z',
    source: undefined,
    images: await Promise.all(images.map(indexed)),
  };
}

/** An index of three letters, the first with hOCR. */
async function openLetters() {
  const database = openMemoryIndex();
  const hocr = hocrOf(
    [
      ['Grüße', '1 1 9 9'],
      ['aus', '11 1 19 9'],
      ['Köln,', '21 1 29 9'],
    ],
    [['Köln', '31 1 39 9']],
  );
  replaceTask(database, await aTask('cologne', image('Grüße aus Köln,\nKöln', hocr)));
  replaceTask(database, await aTask('invoice', image('Annual invoice of the harbor. Text: due and paid.')));
  replaceTask(database, await aTask('report', image('The annual report, not an invoice for dear friends.')));
  const find = async (query: string, limit = 20) =>
    (await findHits(database, query, limit)).map(({ hit }) => hit);
  return {
    database,
    find,
    tasksOf: async (query: string) => (await find(query)).map(({ taskId }) => taskId).sort(),
  };
}

it.each([
  ['words that all occur', 'invoice annual', ['invoice', 'report']],
  ['a phrase', '"annual report"', ['report']],
  ['a prefix', 'inv*', ['invoice', 'report']],
  ['a prefix at the end of a phrase', '"annual rep" *', ['report']],
  ['another case and no accents', 'GRUSSE OR koln', ['cologne']],
  ['accents that the text does not have', 'hárbor', ['invoice']],
  ['NOT', 'annual NOT harbor', ['report']],
  ['OR and parentheses', '(harbor OR friends) AND annual', ['invoice', 'report']],
  ['an empty query', '', []],
  ['a query without words', '" * ( ) - 😀', []],
])('finds %s', async (_, query, expected) => {
  const { tasksOf } = await openLetters();

  expect(await tasksOf(query)).toEqual(expected);
});

it.each([
  ['an open quotation mark', '"annual', ['invoice', 'report']],
  ['an operator alone', 'AND', ['invoice']],
  ['an operator at the end', 'due AND', ['invoice']],
  ['an open parenthesis', 'harbor(', ['invoice']],
  ['a dash', '-harbor', ['invoice']],
  ['a prefix in a query that is not valid', 'harb* (', ['invoice']],
  ['a column of the index', 'text:due', ['invoice']],
  ['columns of the index in braces', '{text hocr}:due', []],
  ['another column', 'rowid:1', []],
  ['a special query of FTS5', '*reads', []],
  ['SQL', "due'; DROP TABLE texts; --", []],
  ['a NUL', 'due\0paid', ['invoice']],
  ['10,000 characters', 'due '.repeat(2500), ['invoice']],
])('searches a query with %s as plain words', async (_, query, expected) => {
  const { tasksOf } = await openLetters();

  expect(await tasksOf(query)).toEqual(expected);
});

it('searches only the first 32 words of a longer query', async () => {
  const { tasksOf } = await openLetters();

  expect(await tasksOf(`${'due '.repeat(31)}paid missing`)).toEqual(['invoice']);
  expect(await tasksOf(`${'due '.repeat(31)}missing`)).toEqual([]);
  expect(await tasksOf(`${'missing OR '.repeat(31)}due`)).toEqual([]);
});

it('returns hits of the schema for any query', async () => {
  const { find } = await openLetters();
  const syntax = fc.constantFrom(
    '"',
    '(',
    ')',
    '*',
    '^',
    ':',
    '{',
    '}',
    '-',
    '+',
    ',',
    ' ',
    'AND',
    'OR',
    'NOT',
    'NEAR',
    'text',
    'annual',
    '1',
    '\0',
    'ü',
  );
  const query = fc.oneof(
    fc.string({ unit: codeUnit }),
    fc.array(syntax, { maxLength: 30 }).map((parts) => parts.join('')),
  );

  await fc.assert(
    fc.asyncProperty(query, async (drawn) => {
      z.parse(searchHitsSchema, { hits: await find(drawn) });
    }),
    reproducible(),
  );
});

it('marks matches in a snippet of one line, and places the matched words on their pages', async () => {
  const { find } = await openLetters();

  const [hit] = await find('"aus koln" OR nothing');
  const [prefix] = await find('k*');

  expect(hit).toMatchObject({
    index: 0,
    snippet: 'Grüße aus Köln, Köln',
    snippetParts: [
      { text: 'Grüße ', isMatch: false },
      { text: 'aus Köln', isMatch: true },
      { text: ', Köln', isMatch: false },
    ],
    words: [
      { text: 'aus', page: 1, x1: 11, y1: 1, x2: 19, y2: 9 },
      { text: 'Köln,', page: 1, x1: 21, y1: 1, x2: 29, y2: 9 },
    ],
    pages: [{ number: 1, width: 200, height: 100 }],
  });
  expect(prefix?.words.map(({ text, page }) => [text, page])).toEqual([
    ['Köln,', 1],
    ['Köln', 2],
  ]);
  expect(prefix?.pages.map(({ number }) => number)).toEqual([1, 2]);
});

it('shows the hOCR document when only that has the match', async () => {
  const database = openMemoryIndex();
  replaceTask(database, await aTask('letter', image('unreadable', hocrOf([['Dear', '1 1 9 9']]))));

  const [found] = await findHits(database, 'dear', 1);

  expect(found?.hit).toMatchObject({ index: 1, snippet: 'Dear', words: [{ text: 'Dear' }] });
  expect(found?.keys).toEqual(['results/0.txt', 'results/1.hocr']);
});

it('has a hit for each image of a task, and no more than the limit, the newest first among equals', async () => {
  const database = openMemoryIndex();
  replaceTask(database, await aTask('old', image('whale')));
  replaceTask(database, {
    ...(await aTask('new', image('whale'), image('whale'))),
    collectedAt: '2026-02-01T00:00:00.000Z',
  });

  const tasksOf = async (limit: number) =>
    (await findHits(database, 'whale', limit)).map(({ hit }) => hit.taskId);

  expect(await tasksOf(20)).toEqual(['new', 'new', 'old']);
  expect(await tasksOf(1)).toEqual(['new']);
});

it('replaces and removes all texts of a task', async () => {
  const { database, tasksOf } = await openLetters();

  replaceTask(database, await aTask('report', image('nothing any more')));
  removeTask(database, 'cologne');

  expect(await tasksOf('annual OR koln')).toEqual(['invoice']);
  expect(database.prepare('SELECT count(*) AS count FROM images').get()).toEqual({ count: 2 });
});

it('keeps markup and marks of a text as plain text', async () => {
  const database = openMemoryIndex();
  replaceTask(database, await aTask('evil', image('<b>whale</b> \uFDD0inside\uFDD1 \u001b[31m\0')));

  const [found] = await findHits(database, 'whale', 1);

  expect(found?.hit.snippetParts).toEqual([
    { text: '<b>', isMatch: false },
    { text: 'whale', isMatch: true },
    { text: '</b> inside [31m ', isMatch: false },
  ]);
});

it('limits the words of a hit and the snippet of a text without spaces', async () => {
  const database = openMemoryIndex();
  const words = Array.from({ length: 1000 }, () => ['whale', '1 1 9 9'] as const);
  const long = `whale ${'x'.repeat(10_000)}`;
  replaceTask(database, await aTask('many', image(long, hocrOf(words))));

  const [found] = await findHits(database, 'whale', 1);

  expect(found?.hit.words).toHaveLength(500);
  expect(found?.hit.snippet.length).toBeLessThan(410);
});

it('indexes the beginning of a text that is too long', async () => {
  const database = openMemoryIndex();
  const long = `first ${'x'.repeat(MAX_DOCUMENT_CHARACTERS)} last`;
  replaceTask(database, await aTask('long', image(long)));

  expect(await findHits(database, 'first', 1)).toHaveLength(1);
  expect(await findHits(database, 'last', 1)).toEqual([]);
});
