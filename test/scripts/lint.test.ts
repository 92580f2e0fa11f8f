import { expect, it } from 'vitest';
import { repeatedNames } from '../../scripts/lint/exported-names.ts';
import { lintMarkdown, lintTypeScript } from '../../scripts/lint/prose.ts';

const long = 'word '.repeat(21).trim();

it.each([
  ['// It waits for ever.', "got 'for ever'"],
  ["throw new Error('Whoever asks');", "got 'Whoever'"],
  ['const reply = answer;', "got 'answer'"],
  [`// ${long}`, 'got 107 columns; allowed: 100'],
  [` * ${long}`, 'got 107 columns; allowed: 100'],
])('rejects the TypeScript line %s', (line, message) => {
  expect(lintTypeScript(`\n${line}`)).toMatchObject([{ line: 2, message: expect.stringContaining(message) }]);
});

it.each([`call('${long}');`, '// It waits forever.', 'const { maxAnswerSize } = props;'])(
  'accepts the TypeScript line %s',
  (line) => {
    expect(lintTypeScript(line)).toEqual([]);
  },
);

it.each([
  ['Read beside it.', "got 'beside'"],
  [long, 'got 104 columns; allowed: 100'],
])('rejects the Markdown line %s', (line, message) => {
  expect(lintMarkdown(line)).toMatchObject([{ line: 1, message: expect.stringContaining(message) }]);
});

it.each([
  `| ${long} |`,
  `\`\`\`sh\n${long} beside\n\`\`\``,
  '````md\n```sh\nbeside\n```\n````',
  'The code `whoever` is exempt.',
  `[A link](../${'folder/'.repeat(20)}page.md) is exempt.`,
])('accepts the Markdown %s', (text) => {
  expect(lintMarkdown(text)).toEqual([]);
});

it('finds a name that two files export, unless it is allowed', () => {
  const sources = new Map([
    ['lib/one.ts', 'export function collectTask() {}\nexport const handler = 1;'],
    ['local/two.ts', 'export interface collectTask {}\nexport const handler = 2;'],
    ['local/three.ts', 'function collectTask() {}'],
  ]);

  expect(repeatedNames(sources)).toEqual([
    "lib/one.ts, local/two.ts: got the exported name 'collectTask' twice; allowed: once",
  ]);
});
