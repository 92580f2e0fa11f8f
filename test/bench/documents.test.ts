import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { defineBenchmark } from '../../bench/benchmark.ts';
import { BENCHMARKS } from '../../bench/benchmarks.ts';
import { costTables } from '../../bench/costs/cost-tables.ts';
import { DOCUMENTS, HEADLINES, withFigures } from '../../bench/documents.ts';
import { blocksOf } from '../../scripts/documents/generated-blocks.ts';

const pages = await Promise.all(DOCUMENTS.map((file) => readFile(file, 'utf8')));

it('the documents have a block for each table of each benchmark', () => {
  const expected = BENCHMARKS.flatMap(({ tableNames }) => tableNames);

  const names = pages.flatMap((page) => Object.keys(blocksOf(page)));

  expect(names).toEqual(expect.arrayContaining(expected));
});

it('a run draws the charts of its benchmark from its results', async () => {
  const benchmark = defineBenchmark({
    name: 'mine',
    run: async () => ({ figure: 7 }),
    tables: {},
    headlines: {},
    charts: { 'my-chart': ({ figure }) => `<svg>${figure}</svg>` },
  });

  const { charts } = await benchmark.run(() => {});

  expect(benchmark.chartNames).toEqual(['my-chart']);
  expect(charts).toEqual({ 'my-chart': '<svg>7</svg>' });
});

it('every row of the headlines has a benchmark', () => {
  const { [HEADLINES]: table = '' } = blocksOf(pages.join('\n'));
  const [, , ...rows] = table.trim().split('\n');

  const labels = rows.map((row) => row.split(' | ')[0]?.slice(2));

  expect(labels.length).toBeGreaterThan(0);
  expect(BENCHMARKS.flatMap(({ headlineLabels }) => headlineLabels)).toEqual(expect.arrayContaining(labels));
});

it('the cost tables are those that `npm run generate` makes now', async () => {
  const committed = blocksOf(pages.join('\n'));

  expect(committed).toMatchObject(await costTables());
});

it('a run replaces its tables and its rows of the headlines only', async () => {
  const page = [
    '<!-- generated: mine -->\nold\n<!-- /generated -->',
    '<!-- generated: other -->\nold\n<!-- /generated -->',
    '<!-- generated: headlines -->\n| my row | old | goal |\n| other row | old | goal |\n<!-- /generated -->',
  ].join('\nprose\n');
  const benchmark = defineBenchmark({
    name: 'mine',
    run: async () => ({ figure: 7 }),
    tables: { mine: ({ figure }) => `table of ${figure}\n` },
    headlines: { 'my row': ({ figure }) => String(figure) },
  });
  const report = await benchmark.run(() => {});

  const updated = withFigures(page, report, 'Measured now.');

  expect(blocksOf(updated)).toEqual({
    mine: 'table of 7\n\nMeasured now.\n',
    other: 'old\n',
    headlines: '| my row | 7 | goal |\n| other row | old | goal |\n',
  });
  expect(updated.match(/prose/g)).toHaveLength(2);
});
