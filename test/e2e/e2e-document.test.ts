import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MINISTACK_LIMITS } from './ministack-limits.ts';
import { REFUSED } from './template-for-ministack.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
const document = await readFile(join(DOCS, 'e2e.md'), 'utf8');

/** The rows of the table that is headed so. */
function rowsUnder(heading: string): readonly (readonly [string, string])[] {
  const [, table = ''] = document.split(`${heading}\n|---|---|\n`);
  const [rows = ''] = table.split('\n\n');
  return rows.split('\n').map((row) => {
    const [, first = '', second = ''] = row.split('|').map((cell) => cell.trim());
    return [first, second];
  });
}

const leftOut = rowsUnder('| left out | stands in |');
const wrong = rowsUnder('| wrong | stands in |');

test('the document lists what is left out of the template for MiniStack, and nothing else', () => {
  expect(leftOut.map(([type]) => type).sort()).toEqual(
    Object.keys(REFUSED)
      .map((type) => `\`${type}\``)
      .sort(),
  );
});

test('the document lists the tests that are left out on MiniStack, and nothing else', () => {
  expect(wrong.map(([what]) => what)).toEqual(Object.values(MINISTACK_LIMITS));
});

test.each([...leftOut, ...wrong, ...rowsUnder('| end | shown by |')])(
  '%s: a test that exists stands in',
  async (_, cited) => {
    const [, path = '', name = ''] = /^`([^`]+)` (.+)$/.exec(cited) ?? [];
    expect(name).not.toBe('');
    expect(await readFile(join(DOCS, path), 'utf8')).toContain(name);
  },
);
