import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { repeatedNames } from './lint/exported-names.ts';
import { lintMarkdown, lintTypeScript } from './lint/prose.ts';

/**
 * Checks what Biome cannot: the words and widths of docs/contribute/style.md, and repeated exported
 * names.
 */

/** These files quote the words that they forbid, or are generated. */
const EXEMPT = ['scripts/lint/prose.ts', 'test/scripts/lint.test.ts', 'client/api-types.ts'];

const files = execFileSync('git', ['ls-files', '-coz', '--exclude-standard', '--', '*.ts', '*.md'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => existsSync(path) && !EXEMPT.includes(path));
const sources = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));

const faults = [...sources].flatMap(([path, source]) =>
  (path.endsWith('.md') ? lintMarkdown : lintTypeScript)(source).map(
    ({ line, message }) => `${path}:${line}: ${message}`,
  ),
);
const sourcesIn = (folders: RegExp) => new Map([...sources].filter(([path]) => folders.test(path)));
faults.push(...repeatedNames(sourcesIn(/^(?:cli|functions|lib|local)\/.*\.ts$/)));
// Callers know the bodies of the HTTP API by the names that the contracts have for them.
faults.push(...repeatedNames(sourcesIn(/^client\/.*\.ts$/)));

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
