import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { byId, element, showContent } from './dom.ts';
import type { Distribution } from './statistics.ts';

echarts.use([AriaComponent, BarChart, GridComponent, SVGRenderer]);

export interface BarFigure {
  show(distribution: Distribution): void;
}

/** The CSS variable with the color of a bar, by the label of the bar. */
export type ColorName = (label: string) => string;

/** Room for a row of the chart in pixels. */
const ROW_PIXELS = 26;

const systemColors = matchMedia('(prefers-color-scheme: dark)');

/**
 * Draws bars with their counts, a sentence that says the same, and a table.
 *
 * @param name id of the figure. Its parts have ids that begin with it
 */
export function createBarFigure(name: string, colorOf: ColorName): BarFigure {
  const box = byId(`${name}-chart`, HTMLDivElement);
  const caption = byId(`${name}-summary`, HTMLElement);
  const rows = byId(`${name}-rows`, HTMLTableSectionElement);
  let chart: echarts.ECharts | undefined;
  let shown: Distribution | undefined;

  function draw({ bars, summary }: Distribution): void {
    box.style.height = `${bars.length * ROW_PIXELS}px`;
    // A box without a size cannot be drawn into.
    if (bars.length === 0 || box.clientWidth === 0) return;
    chart ??= echarts.init(box, null, { renderer: 'svg' });
    chart.resize();
    const text = resolveColor('--text');
    chart.setOption({
      animation: false,
      aria: { enabled: true, label: { description: summary } },
      textStyle: { fontFamily: 'system-ui, sans-serif' },
      grid: { left: 0, right: 44, top: 0, bottom: 0, outerBoundsMode: 'same' },
      xAxis: { type: 'value', show: false },
      yAxis: {
        type: 'category',
        inverse: true,
        data: bars.map(({ label }) => label),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: text, fontSize: 13, interval: 0 },
      },
      series: {
        type: 'bar',
        silent: true,
        barWidth: 14,
        itemStyle: { borderRadius: 3 },
        label: { show: true, position: 'right', color: text, fontSize: 13 },
        data: bars.map(({ label, count }) => ({
          value: count,
          itemStyle: { color: resolveColor(colorOf(label)) },
        })),
      },
    });
  }

  function redraw(): void {
    if (shown !== undefined) draw(shown);
  }
  // A chart has fixed colors and a fixed width.
  systemColors.addEventListener('change', redraw);
  new ResizeObserver(() => {
    if (chart?.getWidth() !== box.clientWidth) redraw();
  }).observe(box);

  return {
    show(distribution) {
      if (JSON.stringify(distribution) === JSON.stringify(shown)) return;
      shown = distribution;
      showContent(caption, distribution.summary);
      rows.replaceChildren(
        ...distribution.bars.map(({ label, count }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, label),
            element('td', {}, count.toLocaleString()),
          ),
        ),
      );
      draw(distribution);
    },
  };
}

const probe = element('span', { hidden: true });
document.body.append(probe);

/** Resolves a CSS variable, which may use `light-dark()`, into a color that a chart understands. */
function resolveColor(variable: string): string {
  probe.style.color = `var(${variable})`;
  return getComputedStyle(probe).color;
}
