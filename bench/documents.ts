import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { markdownTable } from '../scripts/documents/markdown-table.ts';
import { BENCHMARKS } from './benchmarks.ts';
import type { Measurements } from './measurements.ts';

const ROOT = join(import.meta.dirname, '..');
const README = join(ROOT, 'README.md');
const DOCS = join(ROOT, 'docs');
const PERFORMANCE = join(DOCS, 'performance.md');

const PREAMBLE = `# Performance

Written by \`npm run bench\`: each section holds the figures of that benchmark's last run. The machines they come from are small and shared:
ratios within a run mean more than seconds. Nothing here was measured on AWS or against the real Aspose; prices are AWS's list prices.
`;

const TABLE = /(<!-- bench -->\n).*?(<!-- \/bench -->)/s;

/** docs/performance.md. */
export function performanceDocument(measurements: Measurements): string {
  const sections = BENCHMARKS.flatMap(({ name, report }) => {
    const measurement = measurements[name];
    if (measurement === undefined) return [];
    const { date, node, cores, results } = measurement;
    return [
      `${report(results).trim()}\n\nMeasured ${date}: \`npm run bench -- ${name}\`, Node.js ${node}, ${cores} cores.\n`,
    ];
  });
  return [PREAMBLE, ...sections].join('\n');
}

/** README.md with its table of figures replaced. */
export function withHeadlines(readme: string, measurements: Measurements): string {
  const rows = BENCHMARKS.flatMap(({ name, headlines }) => {
    const measurement = measurements[name];
    return measurement === undefined ? [] : headlines(measurement.results);
  }).map(({ measured, result, goal = '' }) => [measured, result, goal]);
  if (!TABLE.test(readme)) throw new Error('README.md has lost its <!-- bench --> table');
  const table = markdownTable(['', 'measured', 'goal'], rows);
  return readme.replace(TABLE, (_, start: string, end: string) => `${start}${table}${end}`);
}

/** The pages that benchmarks have of their own, by their files' names in docs. */
export function benchmarkPages(measurements: Measurements): Map<string, string> {
  return new Map(
    BENCHMARKS.flatMap(({ name, page }): [string, string][] => {
      const measurement = measurements[name];
      return page === undefined || measurement === undefined
        ? []
        : [[page.file, page.text(measurement.results)]];
    }),
  );
}

/** Writes all of these documents. */
export async function writeDocuments(measurements: Measurements): Promise<void> {
  await writeFile(PERFORMANCE, performanceDocument(measurements));
  for (const [file, text] of benchmarkPages(measurements)) await writeFile(join(DOCS, file), text);
  await writeFile(README, withHeadlines(await readFile(README, 'utf8'), measurements));
}
