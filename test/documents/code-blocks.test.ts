import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { blocksIn, codeBlocks, NEEDS, PAGES, PROJECT } from '../../scripts/documents/code-blocks.ts';
import { synthesise } from '../support/synthesis.ts';
import { RUN_ELSEWHERE } from './run-elsewhere.ts';

const commandsOf = (page: string) => codeBlocks(page).filter(({ language }) => language === 'sh');

/** The stack's outputs, as the documents name them. */
const OUTPUTS = Object.keys(synthesise().findOutputs('*')).map((name) =>
  name.replaceAll(/(?!^)[A-Z]/g, '_$&').toUpperCase(),
);

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

describe.each(PAGES.filter((page) => commandsOf(page).length > 0))('the commands of %s', (page) => {
  test.each(commandsOf(page))('in line $line are a shell script', ({ code }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' });

    expect([stderr, status]).toEqual(['', 0]);
  });

  test('use no variables but outputs of the stack, what a task is known by, and what was set before', () => {
    const known = new Set([...OUTPUTS, 'TASK_ID', 'SUBMITTED_AT']);
    for (const { code } of commandsOf(page)) {
      for (const [, used, assigned] of code.matchAll(/\$\{?([A-Z]\w+)|(?:^|\s)([A-Z][A-Z_]+)=/g)) {
        if (assigned !== undefined) known.add(assigned);
        else if (!/^(AWS|ASPOSE)_/.test(used ?? '')) expect(known).toContain(used);
      }
    }
  });

  test('have no placeholders', () => {
    const words = commandsOf(page).flatMap(({ code }) =>
      code.replaceAll(/^.*\(\) \{ #.*$/gm, '').match(/(?<![$\w"'.{:[])[A-Z]+_[A-Z_]+(?![\w=])/g),
    );

    expect(words.filter((word) => word !== null)).toEqual([]);
  });
});

test('the outputs of the stack are made variables in one way', () => {
  const ways = blocksIn('sh').filter(({ code }) => code.includes('STACK_NAME='));

  expect(ways.map(({ page }) => page)).toEqual(['docs/operate/deploy.md', 'docs/operate/runbook.md']);
  expect(new Set(ways.map(({ code }) => code)).size).toBe(1);
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
