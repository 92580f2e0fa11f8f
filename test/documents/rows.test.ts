import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../scripts/documents/code-blocks.ts';

const files = globSync('test/**/*.ts', { cwd: PROJECT }).map((path) =>
  readFileSync(join(PROJECT, path), 'utf8'),
);

/** Row ids before the colon of a title, or in the `row` of a fault case. */
const named = new Set(
  [...files.join('\n').matchAll(/(?:row: )?['"`]((?:[A-Z]\d{1,2} ?)+)(?:: |')/g)].flatMap(([, ids = '']) =>
    ids.trim().split(' '),
  ),
);

describe.each(['docs/design/faults.md', 'docs/design/security.md'])('%s', (page) => {
  it('has only rows that the title of a test names', () => {
    const rows = [...readFileSync(join(PROJECT, page), 'utf8').matchAll(/^\| ([A-Z]\d+) \|/gm)];
    const ids = rows.map(([, id = '']) => id);

    expect(ids.length).toBeGreaterThan(20);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !named.has(id))).toEqual([]);
  });
});
