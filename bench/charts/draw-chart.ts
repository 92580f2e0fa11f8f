import type { EChartsOption } from 'echarts';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { colorOf, PALETTE } from './palette.ts';

use([BarChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer]);

export const FONT_SIZE = 14;
/**
 * Width in pixels. On a telephone, a page shrinks the chart to some 360 pixels, so a wider one
 * could not be read there.
 */
const WIDTH = 560;
const FONT_FAMILY = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

interface Chart {
  readonly title: string;
  /** What the axes and series are, for readers who do not see the chart. */
  readonly description: string;
  readonly heightPixels: number;
  readonly option: EChartsOption;
}

/** Draws a chart as an SVG file, the same for the same figures. */
export function drawChart({ title, description, heightPixels, option }: Chart): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: heightPixels });
  chart.setOption({
    ...option,
    animation: false,
    textStyle: { fontFamily: FONT_FAMILY, fontSize: FONT_SIZE },
  });
  const drawn = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  const shapes = drawn
    .replace(/^<svg[^>]*>\s*/, '')
    .replace(/\s*<\/svg>\s*$/, '')
    // What pages with ECharts need to respond to the mouse.
    .replace(/<style\s*>.*?<\/style>/gs, '')
    .replaceAll(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    // Nothing is outside the axes. The ids of clips count the charts of a process.
    .replace(/<defs\s*>.*?<\/defs>/gs, '')
    .replaceAll(/ clip-path="[^"]*"/g, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim();
  const size = `width="${WIDTH}" height="${heightPixels}" viewBox="0 0 ${WIDTH} ${heightPixels}"`;
  const card = `width="${WIDTH - 1}" height="${heightPixels - 1}" fill="${colorOf('card')}" stroke="${colorOf('line')}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="desc">${escapeXml(description)}</desc>`,
    `<style>${darkStyle()}</style>`,
    `<rect x="0.5" y="0.5" rx="6" ${card}/>`,
    shapes,
    '</svg>\n',
  ].join('\n');
}

/** Replaces each color of the light page by its dark shade. */
function darkStyle(): string {
  const rules = Object.values(PALETTE).flatMap(({ light, dark }) =>
    ['fill', 'stroke'].map((attribute) => `[${attribute}="${light}"]{${attribute}:${dark}}`),
  );
  return `@media (prefers-color-scheme:dark){${rules.join('')}}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
