import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { blocksOf, replaceBlocks } from '../scripts/documents/generated-blocks.ts';
import type { Report } from './benchmark.ts';

/** The documents with figures of benchmarks. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'docs/design/performance.md',
  'docs/operate/limits-costs-scale.md',
].map((page) => join(import.meta.dirname, '..', page));

/** The directory of the charts and screenshots that the documents show. */
export const PICTURES = join(import.meta.dirname, '..', 'docs', 'pictures');

/** The block of the README's table. Its rows come from several benchmarks. */
export const HEADLINES = 'headlines';

/** Writes the figures of one run into a page. @param run when and where it ran */
export function withFigures(page: string, { tables, headlines }: Report, run: string): string {
  const [first = ''] = Object.keys(tables);
  const { [HEADLINES]: rows = '' } = blocksOf(page);
  const headlineTable = rows.replaceAll(/^\| (.+?) \| .*? \|/gm, (cells, label: string) =>
    label in headlines ? `| ${label} | ${headlines[label]} |` : cells,
  );
  return replaceBlocks(page, {
    ...tables,
    [first]: `${tables[first]}\n${run}\n`,
    [HEADLINES]: headlineTable,
  });
}

export async function updateDocuments(report: Report): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const run = `Measured ${date}, Node.js ${process.version}, ${availableParallelism()} cores.`;
  for (const file of DOCUMENTS) {
    await writeFile(file, withFigures(await readFile(file, 'utf8'), report, run));
  }
  for (const [name, svg] of Object.entries(report.charts)) {
    await writeFile(join(PICTURES, `${name}.svg`), svg);
  }
}
