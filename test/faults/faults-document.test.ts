import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
const SUITE = import.meta.dirname;

interface Row {
  readonly id: string;
  readonly links: readonly { readonly text: string; readonly path: string }[];
}

const rows = readFileSync(join(DOCS, 'faults.md'), 'utf8')
  .split('\n')
  .flatMap((line): Row[] => {
    const id = /^\| ([VHOUP]\d+) \|/.exec(line)?.[1];
    if (id === undefined) return [];
    const links = [...line.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text = '', path = '']) => ({
      text,
      path,
    }));
    return [{ id, links: links.filter(({ path }) => path.startsWith('../test/')) }];
  });

/** The rows that each file of the suite shows, as its cases and test titles name them. */
const shown = readdirSync(SUITE)
  .filter((name) => name.endsWith('.ts') && name !== basename(import.meta.filename))
  .map((name) => {
    const ids = readFileSync(join(SUITE, name), 'utf8').matchAll(/['"`]([VHOUP]\d+)(?=['"`:])/g);
    return { name, ids: new Set([...ids].map(([, id = '']) => id)) };
  })
  .filter(({ ids }) => ids.size > 0);

test('each row of docs/faults.md is named once, and says what shows it', () => {
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows.filter(({ links }) => links.length === 0)).toEqual([]);
});

test('each row that the suite shows is in docs/faults.md, with a link to the file', () => {
  const missing = shown.flatMap(({ name, ids }) =>
    [...ids]
      .filter(
        (id) => !rows.some((row) => row.id === id && row.links.some(({ path }) => basename(path) === name)),
      )
      .map((id) => `${id}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test.each(rows.flatMap(({ id, links }) => links.map((link) => ({ id, ...link }))))(
  '$id is shown by $path: $text',
  ({ id, text, path }) => {
    const file = join(DOCS, path);
    const name = basename(path);
    const ids = shown.find((other) => other.name === name)?.ids;
    const isOfSuite = file.startsWith(`${SUITE}/`);
    // A file of the suite names its rows; of any other, a test's title is quoted.
    if (isOfSuite && ids !== undefined) expect(ids).toContain(id);
    else expect(readFileSync(file, 'utf8').includes(isOfSuite ? 'export' : text)).toBe(true);
  },
);
