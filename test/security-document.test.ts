import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const document = await readFile(join(import.meta.dirname, '..', 'docs', 'security.md'), 'utf8');
const threats = document
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| threat'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

const CITED = /^`([^`]+)` (.+)$/;
/** Where a test's title stands: not in a comment, nor among what is tested. */
const TITLE = /^\s*((test|it|describe)\b.*\(|\]\)\(|\)\(|['"`])|\)\((['"`])/;

test('has threats', () => {
  expect(threats.length).toBeGreaterThan(25);
});

test.each(threats)('%s%s is shown by tests that exist', async (_, _threat, _defence, shownBy = '') => {
  if (shownBy === '(yours)' || shownBy === '(accepted)') return;
  for (const cited of shownBy.split(' · ')) {
    expect(cited).toMatch(CITED);
    const [, path = '', name = ''] = CITED.exec(cited) ?? [];
    const lines = (await readFile(join(import.meta.dirname, path), 'utf8')).split('\n');
    expect(lines.filter((line) => line.includes(name) && TITLE.test(line))).not.toEqual([]);
  }
});
