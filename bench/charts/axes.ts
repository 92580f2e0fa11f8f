import { FONT_SIZE } from './draw-chart.ts';
import { colorOf } from './palette.ts';

const LABEL = { color: colorOf('axis'), fontSize: FONT_SIZE };
const LINE = { lineStyle: { color: colorOf('line') } };

/** The look of an axis and of its name. */
export const AXIS = {
  axisLabel: LABEL,
  axisLine: LINE,
  axisTick: LINE,
  splitLine: LINE,
  nameTextStyle: LABEL,
} as const;

/** Puts the name of a horizontal axis below the middle of its labels. */
export const NAME_BELOW = { nameLocation: 'middle', nameGap: 30 } as const;

/** Puts the name of a vertical axis above it, starting at the left edge of the chart. */
export function nameAbove(gridLeftPixels: number) {
  const padding: [number, number, number, number] = [0, 0, 0, 12 - gridLeftPixels];
  const nameTextStyle = { ...LABEL, align: 'left', padding } as const;
  return { nameLocation: 'end', nameGap: 14, nameTextStyle } as const;
}

/** Returns the powers of two that enclose the values: ticks of an axis with `logBase` 2. */
export function enclosingPowersOfTwo(values: readonly number[]) {
  return {
    min: 2 ** Math.floor(Math.log2(Math.min(...values))),
    max: 2 ** Math.ceil(Math.log2(Math.max(...values))),
  };
}
