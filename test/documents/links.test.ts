import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES, PROJECT, proseOf } from '../../scripts/documents/code-blocks.ts';

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const linksOf = (page: string) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);

describe.each(PAGES)('%s', (page) => {
  it('links only to files and headings that exist', () => {
    const dead = linksOf(page).filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(PROJECT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });

    expect(dead).toEqual([]);
  });
});

it('the index of the documents links to every page', () => {
  const indexed = linksOf('docs/README.md').map((link) => join('docs', link));

  expect(PAGES.filter((page) => /^docs\/\w+\//.test(page) && !indexed.includes(page))).toEqual([]);
});
