import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { blocksIn, codeBlocks, NEEDS, PAGES, PROJECT } from '../../scripts/documents/code-blocks.ts';
import { RUN_ELSEWHERE } from './run-elsewhere.ts';

const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

describe.each(PAGES)('%s', (page) => {
  test('has blocks of known kinds only, so that none is passed over', () => {
    const kinds = ['sh', 'ts', 'python', 'json', 'mermaid', 'text'];

    expect(codeBlocks(page).filter(({ language }) => !kinds.includes(language))).toEqual([]);
  });

  test('names only scripts that there are', () => {
    const named = [...read(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name);

    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('says of what a block needs no more than is known', () => {
    const needs: readonly string[] = NEEDS;

    expect(
      codeBlocks(page).filter((block) => block.needs !== undefined && !needs.includes(block.needs)),
    ).toEqual([]);
  });

  test('marks commands that need AWS or Aspose', () => {
    const unmarked = codeBlocks(page).filter(
      ({ language, needs }) => language === 'sh' && needs === undefined,
    );

    expect(unmarked.filter(({ code }) => /\baws |\bcdk |\$API_URL|ASPOSE_/.test(code))).toEqual([]);
  });
});

test.each(RUN_ELSEWHERE)('$commands is run by $by', ({ commands, by, as }) => {
  expect(blocksIn('sh').some(({ code }) => code.includes(commands))).toBe(true);
  expect(read(by)).toContain(as);
});

test('what a contributor can run is run by CI', () => {
  const [synopsis] = codeBlocks('CONTRIBUTING.md');
  const ci = read('.ci/run');
  const run = [...(synopsis?.code ?? '').matchAll(/^.*?(npm run [\w:]+|npm test|npm ci)/gm)].map(
    ([, command = '']) => command,
  );

  // Takes a quiet machine; in step with its sources by a test; part of `npm run lint:package`.
  const elsewhere = ['npm run bench', 'npm run generate', 'npm run build'];
  expect(run.filter((command) => !ci.includes(command))).toEqual(elsewhere);
});
