import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksIn, PAGES, PROJECT } from '../../scripts/documents/code-blocks.ts';
import { openReader } from '../../scripts/documents/reader.ts';
import { RUN_ELSEWHERE } from './run-elsewhere.ts';

const here = blocksIn('sh').filter(
  ({ code, needs }) => needs === undefined && !RUN_ELSEWHERE.some(({ commands }) => code.includes(commands)),
);

/** Without what may be set on this machine: a reader has the simulator, and colours only in a terminal. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ASPOSE_|FORCE_COLOR$)/.test(name)),
);

test('there are such commands', () => {
  expect(here.map(({ page }) => page)).toContain('README.md');
});

test.each(here)('$page, line $line: the commands do what they say', async ({ code }) => {
  await using reader = await openReader();

  await reader.run(code, environment);

  for (const [, file = ''] of code.matchAll(/ > (\S+\.json)$/gm)) {
    expect(JSON.parse(await readFile(join(reader.directory, file), 'utf8'))).toHaveProperty('event');
  }
});

interface Usage {
  /** `npm start -- recognize` */
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

test.each((await usages()).filter(({ options }) => options.length > 0))(
  '$command has the options $options',
  async ({ command, options }) => {
    await using reader = await openReader();

    const help = await reader.run(`${command} --help`, environment);

    expect(options.filter((option) => !help.includes(option))).toEqual([]);
  },
);
