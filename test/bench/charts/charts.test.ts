import { expect, it } from 'vitest';
import { costChart } from '../../../bench/batch/cost-chart.ts';
import { PALETTE, TEXT_ROLES } from '../../../bench/charts/palette.ts';
import { type ChartedContestants, memoryChart } from '../../../bench/decode/memory-chart.ts';
import { delayChart } from '../../../bench/polling/delay-chart.ts';
import { overlappingTexts, textsOf } from '../../support/svg-texts.ts';

const figures = (pollsPerTask: number, meanDelaySeconds: number, lostShare = 0) => ({
  pollsPerTask,
  meanDelaySeconds,
  lostShare,
});

const DELAYS = {
  presets: { frugal: figures(2.7, 1.6), eager: figures(5.4, 0.7) },
  rivals: { 'fixed-2s': figures(3.7, 1.1), 'gives-up': figures(3, 3.2, 0.06) },
  minimum: [2, 3, 4, 5, 6].map((polls) => ({ pollsPerTask: polls, meanDelaySeconds: 4 / polls })),
};
const COSTS = [
  { method: 'dear <rival>', isOurs: false, usdPer1000: 0.3324 },
  { method: 'cheap', isOurs: true, usdPer1000: 0.0251 },
];
const peaks = (ours: number, naive: number, streamJson: number): ChartedContestants => ({
  ours: { peakRssMB: ours },
  naive: { peakRssMB: naive },
  streamJson: { peakRssMB: streamJson },
});
const MEMORY = {
  '1MB': peaks(75, 80, 95),
  '10MB': peaks(80, 140, 118),
  '50MB': peaks(120, 340, 146),
  '100MB': peaks(123, 600, 145),
  memoryLimit: { limitMiB: 256 },
};
const CHARTS = [
  { name: 'delay', draw: () => delayChart(DELAYS) },
  { name: 'cost', draw: () => costChart(COSTS) },
  { name: 'memory', draw: () => memoryChart(MEMORY) },
];

/** The horizontal pixel at which each element with this fill starts. */
function centersOf(svg: string, fill: string): number[] {
  const circles = svg.matchAll(new RegExp(`matrix\\([^)]*?,([\\d.]+),[\\d.]+\\)" fill="${fill}"`, 'g'));
  return [...circles].map(([, x]) => Number(x));
}

it('the chart of delays names every schedule, and the theoretical minimum', () => {
  const texts = textsOf(delayChart(DELAYS)).map(({ text }) => text);

  expect(texts).toEqual(
    expect.arrayContaining(['frugal', 'eager', 'fixed-2s', 'gives-up', 'theoretical minimum']),
  );
});

it('the chart of delays draws a schedule that loses tasks as a hollow point', () => {
  const [hollow] = centersOf(delayChart(DELAYS), PALETTE.card.light);

  const losing = { ...DELAYS, rivals: { ...DELAYS.rivals, 'gives-up': figures(3, 3.2, 0) } };
  expect(hollow).toBeGreaterThan(0);
  expect(centersOf(delayChart(losing), PALETTE.card.light)).toEqual([]);
});

it('the chart of delays draws more polls further to the right', () => {
  const [frugal = Number.NaN, eager = Number.NaN] = centersOf(
    delayChart({ ...DELAYS, minimum: [] }),
    PALETTE.ours.light,
  );

  expect(eager).toBeGreaterThan(frugal + 100);
});

it('the chart of costs shows each method with its cost, the cheapest first', () => {
  const texts = textsOf(costChart(COSTS)).map(({ text }) => text);

  const shown = texts.filter((text) => /cheap|dear|^\$/.test(text));
  expect(shown).toEqual(['cheap', 'dear <rival>', '$0.025', '$0.332']);
});

it('the chart of memory names every contestant and the memory of the function', () => {
  const texts = textsOf(memoryChart(MEMORY)).map(({ text }) => text);

  expect(texts).toEqual(
    expect.arrayContaining(['ours', 'naive', 'stream-json', '256 MiB: the deployed function']),
  );
});

it.each(CHARTS)('the chart of $name is the same for the same figures', ({ draw }) => {
  expect(draw()).toBe(draw());
});

it.each(CHARTS)('no two texts of the chart of $name overlap', ({ draw }) => {
  expect(overlappingTexts(draw())).toEqual([]);
});

it.each(CHARTS)('each color of the chart of $name has a shade for dark pages', ({ draw }) => {
  const [style, shapes = ''] = draw().split('</style>');
  const used = new Set([...shapes.matchAll(/(?:fill|stroke)="(.*?)"/g)].map(([, color]) => color));

  expect(style).toContain('prefers-color-scheme:dark');
  const known = Object.values(PALETTE).map(({ light }) => light);
  expect([...used].filter((color) => color !== 'none' && !known.some((light) => light === color))).toEqual(
    [],
  );
});

/** Relative luminance by WCAG 2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

it.each(['light', 'dark'] as const)('text has a contrast of at least 4.5 on the %s card', (shade) => {
  const card = luminance(PALETTE.card[shade]);

  for (const role of TEXT_ROLES) {
    const text = luminance(PALETTE[role][shade]);
    const contrast = (Math.max(card, text) + 0.05) / (Math.min(card, text) + 0.05);
    expect([role, contrast >= 4.5]).toEqual([role, true]);
  }
});
