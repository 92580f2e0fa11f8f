import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksIn, PAGES, PROJECT } from '../../scripts/documents/code-blocks.ts';
import { openReader } from '../../scripts/documents/reader.ts';
import { RUN_ELSEWHERE } from './run-elsewhere.ts';

const localBlocks = blocksIn('sh').filter(
  ({ code, needs }) => needs === undefined && !RUN_ELSEWHERE.some(({ commands }) => code.includes(commands)),
);

/** The environment of a reader without credentials for Aspose, whose terminal has no colors. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ASPOSE_|FORCE_COLOR$)/.test(name)),
);

describe('the local commands', () => {
  it('include those of the README', () => {
    expect(localBlocks.map(({ page }) => page)).toContain('README.md');
  });

  it.each(localBlocks)('of $page, line $line, succeed', async ({ code }) => {
    await using reader = await openReader();

    await reader.run(code, environment);

    for (const [, file = ''] of code.matchAll(/ > (\S+\.json)$/gm)) {
      expect(JSON.parse(await readFile(join(reader.directory, file), 'utf8'))).toHaveProperty('event');
    }
  });
});

interface Usage {
  /** Such as `npm start -- recognize`. */
  readonly command: string;
  readonly options: readonly string[];
}

/** The options that the documents name, by command. */
async function usages(): Promise<readonly Usage[]> {
  const texts = await Promise.all(PAGES.map((page) => readFile(join(PROJECT, page), 'utf8')));
  const options = new Map<string, Set<string>>();
  const written = /npm (run \w+|start)(?: --silent)? -- ([a-z]+ )?([^\n`|]*)/g;
  for (const [, script = '', subcommand = '', rest = ''] of texts.join('\n').matchAll(written)) {
    const command = `npm ${script} -- ${script === 'start' ? subcommand : ''}`.trim();
    const named = options.get(command) ?? new Set();
    options.set(command, named);
    for (const [option] of rest.matchAll(/--[a-z][\w-]*/g)) named.add(option);
  }
  return [...options].map(([command, named]) => ({ command, options: [...named].sort() }));
}

it.each((await usages()).filter(({ options }) => options.length > 0))(
  '$command has the options $options',
  async ({ command, options }) => {
    await using reader = await openReader();

    const help = await reader.run(`${command} --help`, environment);

    expect(options.filter((option) => !help.includes(option))).toEqual([]);
  },
);
