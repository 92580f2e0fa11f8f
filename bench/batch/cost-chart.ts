import { AXIS } from '../charts/axes.ts';
import { drawChart, FONT_SIZE } from '../charts/draw-chart.ts';
import { colorOf } from '../charts/palette.ts';
import type { MethodCost } from './cost-by-method.ts';

const BAR_PIXELS = 32;
const GRID = { left: 196, right: 72, top: 40, bottom: 16 };

/** Draws the cost of 1,000 tasks or images by method, the cheapest first. */
export function costChart(costs: readonly MethodCost[]): string {
  const sorted = costs.toSorted((some, other) => some.usdPer1000 - other.usdPer1000);
  const figures = sorted.map(({ method, usdPer1000 }) => `${method} ${usd(usdPer1000)}`);
  return drawChart({
    title: 'Cost of 1,000 tasks or images on AWS by method, at a median of 3 s',
    description: `One bar per method, in US dollars at AWS's list prices, without Aspose's charges: ${figures.join(', ')}.`,
    heightPixels: GRID.top + BAR_PIXELS * sorted.length + GRID.bottom,
    option: {
      grid: GRID,
      xAxis: { type: 'value', show: false, min: 0 },
      yAxis: {
        ...AXIS,
        type: 'category',
        inverse: true,
        name: 'US dollars per 1,000, median 3 s',
        nameLocation: 'start',
        nameGap: 12,
        nameTextStyle: {
          color: colorOf('axis'),
          fontSize: FONT_SIZE,
          align: 'left',
          padding: [0, 0, 0, 12 - GRID.left],
        },
        axisTick: { show: false },
        data: sorted.map(({ method, isOurs }) => ({
          value: method,
          textStyle: {
            color: colorOf(isOurs ? 'ours' : 'rival'),
            fontWeight: isOurs ? ('bold' as const) : ('normal' as const),
          },
        })),
      },
      series: [
        {
          type: 'bar',
          silent: true,
          barWidth: BAR_PIXELS / 2,
          data: sorted.map(({ usdPer1000, isOurs }) => {
            const color = colorOf(isOurs ? 'ours' : 'rival');
            return {
              value: usdPer1000,
              itemStyle: { color },
              label: {
                show: true,
                position: 'right' as const,
                formatter: usd(usdPer1000),
                color,
                fontSize: FONT_SIZE,
                textBorderWidth: 0,
              },
            };
          }),
        },
      ],
    },
  });
}

const usd = (value: number) => `$${value.toFixed(3)}`;
