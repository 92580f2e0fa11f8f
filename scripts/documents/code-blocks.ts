import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..', '..');

/** Every page for readers, by its path in the project. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(PROJECT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`)
    .sort(),
];

/** What a block may need besides this machine. Its first line says so: `# needs AWS`. */
export const NEEDS = ['AWS', 'Aspose'] as const;

/** A fenced block of a page. */
export interface CodeBlock {
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The nearest heading above the block. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
  /** What the first line says that the block needs; `undefined` when it runs anywhere. */
  readonly needs: string | undefined;
}

/** The parts of a page: prose at even positions, fenced blocks at odd ones. */
function partsOf(page: string): readonly string[] {
  return readFileSync(join(PROJECT, page), 'utf8').split(/^```/m);
}

/** A page without its fenced blocks. */
export function proseOf(page: string): string {
  return partsOf(page)
    .filter((_, index) => index % 2 === 0)
    .join('');
}

/** The fenced blocks of a page, in order. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let line = 1;
  let heading = '';
  for (const [index, part] of partsOf(page).entries()) {
    if (index % 2 === 0) heading = [...part.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? heading;
    else {
      const [language = '', ...rest] = part.split('\n');
      const needs = /^# needs (.*)$/.exec(rest[0] ?? '')?.[1];
      blocks.push({ page, line, heading, language, code: rest.join('\n'), needs });
    }
    line += part.split('\n').length - 1;
  }
  return blocks;
}

/** The blocks of all pages in one language. */
export function blocksIn(language: string): readonly CodeBlock[] {
  return PAGES.flatMap(codeBlocks).filter((block) => block.language === language);
}
