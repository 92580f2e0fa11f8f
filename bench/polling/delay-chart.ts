import { AXIS, enclosingPowersOfTwo, NAME_BELOW, nameAbove } from '../charts/axes.ts';
import { drawChart, FONT_SIZE } from '../charts/draw-chart.ts';
import { colorOf } from '../charts/palette.ts';
import type { Figures } from './figures.ts';

type ChartedFigures = Pick<Figures, 'pollsPerTask' | 'meanDelaySeconds' | 'lostShare'>;

interface DelayChartProps {
  readonly presets: Readonly<Record<string, ChartedFigures>>;
  readonly rivals: Readonly<Record<string, ChartedFigures>>;
  /** Minimum mean delay for some numbers of polls, ascending. */
  readonly minimum: readonly Pick<Figures, 'pollsPerTask' | 'meanDelaySeconds'>[];
}

const GRID = { left: 48, right: 16, top: 44, bottom: 56 };

/** The share of the line that is left of its label. */
const LABELED_SHARE = 0.55;
/**
 * Where the label of a schedule stands, so that it covers neither its neighbors nor the minimum.
 * @default - to the right
 */
const PLACES: Readonly<
  Record<string, { readonly position: 'left' | 'right'; readonly offset: [number, number] }>
> = {
  frugal: { position: 'left', offset: [0, 4] },
  balanced: { position: 'left', offset: [4, 12] },
  eager: { position: 'left', offset: [0, 14] },
  'tutorial-ten-polls': { position: 'left', offset: [0, 0] },
  'tutorial-doubling': { position: 'right', offset: [0, -9] },
  'doubling-capped-60s': { position: 'right', offset: [0, 16] },
  'asl-retry': { position: 'right', offset: [0, -4] },
  'fixed-2s': { position: 'right', offset: [0, -5] },
};

/** Draws the mean delay of each schedule against its polls, and the minimum of any schedule. */
export function delayChart({ presets, rivals, minimum }: DelayChartProps): string {
  const all = [...Object.values(presets), ...Object.values(rivals)];
  const { min, max } = enclosingPowersOfTwo(all.map(({ meanDelaySeconds }) => meanDelaySeconds));
  const polls = all.map(({ pollsPerTask }) => pollsPerTask);
  const minPolls = Math.floor(Math.min(...polls));
  const maxPolls = Math.ceil(Math.max(...polls));
  const curve = minimum.filter(
    ({ pollsPerTask, meanDelaySeconds }) =>
      pollsPerTask >= minPolls &&
      pollsPerTask <= maxPolls &&
      meanDelaySeconds >= min &&
      meanDelaySeconds <= max,
  );
  return drawChart({
    title: 'Mean delay against polls per task, at a median of 3 s',
    description: `Horizontal: mean number of polls per task, from ${minPolls} to ${maxPolls}. Vertical, logarithmic: mean delay from the end of a task to the poll that finds it, in seconds, from ${min} to ${max}. Points: the presets ${namesOf(presets)}; the other schedules ${namesOf(rivals)}. A hollow point loses tasks. Line: the theoretical minimum for each number of polls.`,
    heightPixels: 400,
    option: {
      grid: GRID,
      xAxis: {
        ...AXIS,
        ...NAME_BELOW,
        type: 'value',
        name: 'polls per task (hollow: the schedule loses tasks)',
        min: minPolls,
        max: maxPolls,
      },
      yAxis: {
        ...AXIS,
        ...nameAbove(GRID.left),
        type: 'log',
        logBase: 2,
        name: 'mean delay in seconds (logarithmic)',
        min,
        max,
      },
      series: [
        {
          type: 'line',
          silent: true,
          symbol: 'circle',
          // The label of a point needs its symbol.
          symbolSize: 1,
          itemStyle: { color: colorOf('bound') },
          lineStyle: { color: colorOf('bound'), width: 2 },
          data: curve.map(({ pollsPerTask, meanDelaySeconds }, index) => ({
            value: [pollsPerTask, meanDelaySeconds],
            label: {
              show: index === Math.round(curve.length * LABELED_SHARE),
              position: 'right',
              offset: [0, -6],
              formatter: 'theoretical minimum',
              color: colorOf('bound'),
              fontSize: FONT_SIZE,
            },
          })),
        },
        scatter(rivals, 'rival'),
        // Last, so that no other point covers them.
        scatter(presets, 'ours'),
      ],
    },
  });
}

const namesOf = (schedules: DelayChartProps['presets']) => Object.keys(schedules).join(', ');

function scatter(schedules: DelayChartProps['presets'], role: 'ours' | 'rival') {
  const color = colorOf(role);
  return {
    type: 'scatter' as const,
    silent: true,
    symbolSize: 10,
    data: Object.entries(schedules).map(([name, { pollsPerTask, meanDelaySeconds, lostShare }]) => ({
      value: [pollsPerTask, meanDelaySeconds],
      itemStyle: {
        opacity: 1,
        color: lostShare > 0 ? colorOf('card') : color,
        borderColor: color,
        borderWidth: 2,
      },
      label: {
        show: true,
        position: 'right' as const,
        ...PLACES[name],
        opacity: 1,
        formatter: name,
        color,
        fontSize: FONT_SIZE,
        fontWeight: role === 'ours' ? ('bold' as const) : ('normal' as const),
        textBorderWidth: 0,
      },
    })),
  };
}
