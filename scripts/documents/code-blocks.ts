import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..', '..');

/** Every page for readers, by its path in the project. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What a reader must have beside this machine to run a block, as its first line says: `# needs AWS`. */
export const NEEDS = ['AWS', 'Aspose'] as const;

/** A fenced block of a page. */
export interface CodeBlock {
  readonly page: string;
  /** Where its fence begins. */
  readonly line: number;
  /** The heading that it stands under. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
  /** What its first line says that it needs; `undefined` when it runs anywhere. */
  readonly needs: string | undefined;
}

/** The fenced blocks of a page, in order. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  const text = readFileSync(join(PROJECT, page), 'utf8');
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ index, 1: language = '', 2: code = '' }): CodeBlock => ({
      page,
      line: text.slice(0, index).split('\n').length,
      heading: [...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '',
      language,
      code,
      needs: /^# needs (.*)$/m.exec(code.split('\n', 1).join())?.[1],
    }),
  );
}

/** The blocks of all pages in a language. */
export function blocksIn(language: string): readonly CodeBlock[] {
  return PAGES.flatMap(codeBlocks).filter((block) => block.language === language);
}
