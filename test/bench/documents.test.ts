import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BENCHMARKS } from '../../bench/benchmarks.ts';
import { benchmarkPages, performanceDocument, withHeadlines } from '../../bench/documents.ts';
import { readMeasurements } from '../../bench/measurements.ts';

const root = join(import.meta.dirname, '..', '..');

it('docs/performance.md says what the last run of each benchmark measured', async () => {
  const written = await readFile(join(root, 'docs', 'performance.md'), 'utf8');
  expect(written).toBe(performanceDocument(await readMeasurements()));
});

it('the table in README.md says what the last run of each benchmark measured', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  expect(readme).toBe(withHeadlines(readme, await readMeasurements()));
});

it('the pages of benchmarks say what the last run of each measured', async () => {
  const pages = benchmarkPages(await readMeasurements());
  expect([...pages.keys()]).toContain('scale.md');
  for (const [file, text] of pages) {
    expect(await readFile(join(root, 'docs', file), 'utf8')).toBe(text);
  }
});

it('every benchmark has been run', async () => {
  expect(Object.keys(await readMeasurements())).toEqual(
    expect.arrayContaining(BENCHMARKS.map(({ name }) => name)),
  );
});
