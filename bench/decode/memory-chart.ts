import { AXIS, enclosingPowersOfTwo, NAME_BELOW, nameAbove } from '../charts/axes.ts';
import { drawChart, FONT_SIZE } from '../charts/draw-chart.ts';
import { colorOf } from '../charts/palette.ts';
import type { Contestant, Measured } from './contestants.ts';

/** The sizes for which each response has a fresh process. */
const MEGABYTES = { '1MB': 1, '10MB': 10, '50MB': 50, '100MB': 100 } as const;
const SIZES = ['1MB', '10MB', '50MB', '100MB'] as const;
const CONTESTANTS = [
  { name: 'ours', key: 'ours', role: 'ours', offset: [0, 6] },
  { name: 'naive', key: 'naive', role: 'rival', offset: [0, 0] },
  { name: 'stream-json', key: 'streamJson', role: 'rival', offset: [0, -6] },
] as const;
const BYTES_PER_MEBIBYTE = 1024 * 1024;
const GRID = { left: 56, right: 108, top: 44, bottom: 56 };

/** Peak memory of each contestant at one size. */
export type ChartedContestants = Readonly<
  Record<Exclude<Contestant, 'naiveWithManifest'>, Pick<Measured, 'peakRssMB'>>
>;

interface ChartedResults extends Readonly<Record<(typeof SIZES)[number], ChartedContestants>> {
  readonly memoryLimit: { readonly limitMiB: number };
}

/** Draws the peak memory of each contestant against the size of the response. */
export function memoryChart(results: ChartedResults): string {
  const { limitMiB } = results.memoryLimit;
  const limitMB = (limitMiB * BYTES_PER_MEBIBYTE) / 1e6;
  const series = CONTESTANTS.map(({ key, ...contestant }) => ({
    ...contestant,
    points: SIZES.map((size) => [MEGABYTES[size], results[size][key].peakRssMB]),
  }));
  const peaks = SIZES.flatMap((size) => CONTESTANTS.map(({ key }) => results[size][key].peakRssMB));
  const { min, max } = enclosingPowersOfTwo([...peaks, limitMB]);
  return drawChart({
    title: 'Peak memory against the size of the response',
    description: `Horizontal, logarithmic: size of the response in MB, from 1 to 100. Vertical, logarithmic: peak memory of the process in MB, from ${min} to ${max}. Lines: ${CONTESTANTS.map(({ name }) => name).join(', ')}. Dashed: the ${limitMiB} MiB of the deployed function.`,
    heightPixels: 360,
    option: {
      grid: GRID,
      xAxis: {
        ...AXIS,
        ...NAME_BELOW,
        type: 'log',
        name: 'size of the response in MB (logarithmic)',
        min: 1,
        max: 100,
      },
      yAxis: {
        ...AXIS,
        ...nameAbove(GRID.left),
        type: 'log',
        logBase: 2,
        name: 'peak memory in MB (logarithmic)',
        min,
        max,
      },
      series: series.map(({ name, role, offset, points }) => {
        const color = colorOf(role);
        return {
          type: 'line',
          silent: true,
          symbol: 'circle',
          symbolSize: 8,
          itemStyle: { color },
          lineStyle: { color, width: role === 'ours' ? 3 : 2 },
          endLabel: {
            show: true,
            formatter: name,
            color,
            fontSize: FONT_SIZE,
            fontWeight: role === 'ours' ? 'bold' : 'normal',
            offset: [...offset],
          },
          data: points,
          ...(role === 'ours' && {
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: colorOf('bound'), type: 'dashed', width: 2 },
              label: {
                position: 'insideStartTop',
                formatter: `${limitMiB} MiB: the deployed function`,
                color: colorOf('bound'),
                fontSize: FONT_SIZE,
              },
              data: [{ yAxis: limitMB }],
            },
          }),
        };
      }),
    },
  });
}
