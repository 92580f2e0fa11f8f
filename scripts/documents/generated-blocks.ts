const BLOCK = /(<!-- generated: ([\w-]+) -->\n).*?(<!-- \/generated -->)/gs;

/** Replaces the text of the given blocks of a page. */
export function replaceBlocks(page: string, texts: Readonly<Record<string, string>>): string {
  return page.replaceAll(BLOCK, (block, start: string, name: string, end: string) =>
    name in texts ? `${start}${texts[name]}${end}` : block,
  );
}

/** Returns the text of each block of a page by its name. */
export function blocksOf(page: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...page.matchAll(BLOCK)].map(([block, start = '', name = '', end = '']) => [
      name,
      block.slice(start.length, -end.length),
    ]),
  );
}
