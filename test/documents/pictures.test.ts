import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { BENCHMARKS } from '../../bench/benchmarks.ts';
import { RIVALS } from '../../bench/polling/schedules.ts';
import { POLLING_PRESETS } from '../../functions/contracts/polling-presets.ts';
import { PAGES, PROJECT, proseOf } from '../../scripts/documents/code-blocks.ts';
import { blocksOf } from '../../scripts/documents/generated-blocks.ts';
import { overlappingTexts, textsOf } from '../support/svg-texts.ts';

const PICTURES = 'docs/pictures';
const MAX_BYTES = 150_000;

const files = readdirSync(join(PROJECT, PICTURES));
const charts = files.filter((file) => file.endsWith('.svg'));

const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const readChart = (file: string) => read(join(PICTURES, file));

interface ShownPicture {
  readonly page: string;
  /** Path in the project. */
  readonly path: string;
  readonly alternative: string;
}

/** The pictures of a page, in Markdown and in HTML. */
function picturesOf(page: string): ShownPicture[] {
  const inMarkdown = [...proseOf(page).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(
    ([, alternative = '', path = '']) => ({ alternative, path }),
  );
  const inHtml = [...proseOf(page).matchAll(/<img [^>]*>/g)].map(([tag]) => {
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
    return { alternative: attribute('alt'), path: attribute('src') };
  });
  return [...inMarkdown, ...inHtml].map(({ alternative, path }) => ({
    page,
    alternative,
    path: join(dirname(page), path),
  }));
}

const shown = PAGES.flatMap(picturesOf);

it('every picture of a document exists, and is described for readers who do not see it', () => {
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter(({ path }) => !existsSync(join(PROJECT, path)))).toEqual([]);
  expect(shown.filter(({ alternative }) => alternative.split(/\s+/).length < 8)).toEqual([]);
});

it('every picture is shown by a document', () => {
  const paths = shown.map(({ path }) => path);

  expect(files.filter((file) => !paths.includes(join(PICTURES, file)))).toEqual([]);
});

it('every chart comes from a benchmark', () => {
  const drawn = BENCHMARKS.flatMap(({ chartNames }) => chartNames.map((name) => `${name}.svg`));

  expect(charts.toSorted()).toEqual(drawn.toSorted());
});

it('no picture is large', () => {
  const large = files.filter((file) => readFileSync(join(PROJECT, PICTURES, file)).length > MAX_BYTES);

  expect(large).toEqual([]);
});

describe.each(charts)('%s', (file) => {
  const svg = readChart(file);

  it('is well-formed, and has a title and a description', async () => {
    await expect(sharp(Buffer.from(svg)).png().toBuffer()).resolves.toBeDefined();
    expect(svg).toMatch(/<title id="title">[^<]{10,}<\/title>\n<desc id="desc">[^<]{30,}<\/desc>/);
  });

  it('has no scripts and refers to nothing outside', () => {
    const withoutNamespace = svg.replace('xmlns="http://www.w3.org/2000/svg"', '');

    expect(withoutNamespace).not.toMatch(/<script|href|url\(|@import|:\/\/|\son\w+=/i);
  });

  it('shows texts that do not overlap', () => {
    expect(textsOf(svg).length).toBeGreaterThan(5);
    expect(overlappingTexts(svg)).toEqual([]);
  });
});

const textsIn = (file: string) => textsOf(readChart(file)).map(({ text }) => text);
const rivals = RIVALS.map(({ name }) => name);

it('the chart of delays shows every preset and every other schedule', () => {
  expect(textsIn('delay-against-polls.svg')).toEqual(expect.arrayContaining([...POLLING_PRESETS, ...rivals]));
});

it('the chart of memory shows every contestant', () => {
  expect(textsIn('memory-against-response-size.svg')).toEqual(
    expect.arrayContaining(['ours', 'naive', 'stream-json']),
  );
});

it('the chart of costs shows every method, with the figures of the tables', () => {
  const tables = blocksOf(read('docs/design/performance.md'));
  const texts = textsIn('cost-by-method.svg');
  const dollars = (table: string | undefined, row: RegExp) => `$${row.exec(table ?? '')?.[1]}`;
  const { 'polling-median-3-s': polling, 'recognize-cost': images, 'batch-goals': batches } = tables;
  const figures = [
    ...['balanced', 'tutorial-ten-polls', 'fixed-2s', 'asl-retry'].map((schedule) =>
      dollars(polling, new RegExp(`\`${schedule}\`.* ([\\d.]+) \\| [-\\d.]+ \\|$`, 'm')),
    ),
    dollars(images, /USD per 1,000 images.* ([\d.]+) \|$/m),
    dollars(batches, /USD per 1,000 tasks.* ([\d.]+) \|$/m),
    dollars(batches, /USD per 1,000 images.* ([\d.]+) \|$/m),
  ];

  expect(texts).toEqual(expect.arrayContaining([...rivals, ...figures]));
});
