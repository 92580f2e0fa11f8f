import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { blocksIn, codeBlocks, NEEDS, PAGES, PROJECT } from '../../scripts/documents/code-blocks.ts';
import { synthesize } from '../support/synthesis.ts';
import { RUN_ELSEWHERE } from './run-elsewhere.ts';

const commandsOf = (page: string) => codeBlocks(page).filter(({ language }) => language === 'sh');

/** The stack's outputs as the documents name them: `TaskTableName` is `TASK_TABLE_NAME`. */
const OUTPUTS = Object.keys(synthesize().findOutputs('*')).map((name) =>
  name.replaceAll(/(?!^)[A-Z]/g, '_$&').toUpperCase(),
);

const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

describe.each(PAGES)('%s', (page) => {
  it('has only blocks in known languages, so that none escapes the tests', () => {
    const languages = ['sh', 'ts', 'python', 'json', 'mermaid', 'text'];

    expect(codeBlocks(page).filter(({ language }) => !languages.includes(language))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = [...read(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name);

    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('marks blocks only with known needs', () => {
    const needs: readonly string[] = NEEDS;

    expect(
      codeBlocks(page).filter((block) => block.needs !== undefined && !needs.includes(block.needs)),
    ).toEqual([]);
  });

  it('marks every command that needs AWS or Aspose', () => {
    const unmarked = codeBlocks(page).filter(
      ({ language, needs }) => language === 'sh' && needs === undefined,
    );
    const needy = /\baws |\bcdk |\bscripts\/\S+\.sh|\$API_URL|ASPOSE_/;

    expect(unmarked.filter(({ code }) => needy.test(code))).toEqual([]);
  });
});

describe.each(PAGES.filter((page) => commandsOf(page).length > 0))('the commands of %s', (page) => {
  it.each(commandsOf(page))('are a valid shell script in line $line', ({ code }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' });

    expect([stderr, status]).toEqual(['', 0]);
  });

  it('use only variables that are outputs of the stack, identify a task or a batch, or were set before', () => {
    const known = new Set([...OUTPUTS, 'TASK_ID', 'SUBMITTED_AT', 'BATCH_ID']);
    for (const { code } of commandsOf(page)) {
      for (const [, used, assigned] of code.matchAll(/\$\{?([A-Z]\w+)|(?:^|\s)([A-Z][A-Z_]+)=/g)) {
        if (assigned !== undefined) known.add(assigned);
        else if (!/^(AWS|ASPOSE)_/.test(used ?? '')) expect(known).toContain(used);
      }
    }
  });

  it('have no loop that may never end', () => {
    const loops = commandsOf(page).flatMap(({ code }) => code.match(/\b(until|while)\b.*/g) ?? []);

    expect(loops).toEqual([]);
  });

  it('have no placeholders', () => {
    const words = commandsOf(page).flatMap(({ code }) =>
      code.match(/(?<![$\w"'.{:[])[A-Z]+_[A-Z_]+(?![\w=])/g),
    );

    expect(words.filter((word) => word !== null)).toEqual([]);
  });
});

it('all pages read the outputs of the stack in the same way', () => {
  const blocks = blocksIn('sh').filter(({ code }) => code.includes('STACK_NAME='));

  expect(blocks.map(({ page }) => page)).toContain('docs/operate/deploy.md');
  expect(new Set(blocks.map(({ code }) => code)).size).toBe(1);
});

it.each(RUN_ELSEWHERE)('$by runs $commands', ({ commands, by, as }) => {
  expect(blocksIn('sh').some(({ code }) => code.includes(commands))).toBe(true);
  expect(read(by)).toContain(as);
});

it('CI runs the commands that CONTRIBUTING.md lists', () => {
  const [synopsis] = codeBlocks('CONTRIBUTING.md');
  const ci = read('.ci/run');
  const listed = [...(synopsis?.code ?? '').matchAll(/^.*?(npm run [\w:]+|npm test|npm ci)/gm)].map(
    ([, command = '']) => command,
  );

  // bench needs a quiet machine, people look at screenshots, tests compare generated files, and
  // `npm run checks` builds.
  const elsewhere = ['npm run bench', 'npm run screenshots', 'npm run generate', 'npm run build'];
  expect(listed.filter((command) => !ci.includes(command))).toEqual(elsewhere);
});
