import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { NEARLY_ALL } from './batch-pace.ts';
import { LARGE_REGION, OTHER_REGION, tasksPerSecond } from './quotas.ts';
import type { Run, ScaleResults } from './scale.ts';
import type { Simulation } from './simulate.ts';

/** Maximum share of Lambda concurrency to plan for. The rest absorbs peaks. */
const MAX_PLANNED_UTILIZATION = 0.7;

const SHOWN_HOLD_SECONDS = [0, 200];

function shownRuns(runs: readonly Run[]): readonly Run[] {
  return runs.filter(({ holdSeconds }) => SHOWN_HOLD_SECONDS.includes(holdSeconds));
}

/** Usage of one task, with a column for each hold. */
export function usageTable(results: ScaleResults): string {
  const runs = shownRuns(results.alone);
  const row = (name: string, cell: (simulation: Simulation) => string) => [
    name,
    ...runs.map(({ simulation }) => cell(simulation)),
  ];
  return markdownTable(
    ['', ...runs.map(({ holdSeconds }) => `hold ${holdSeconds} s`)],
    [
      row('Lambda seconds', ({ perTask }) => perTask.lambdaSeconds.toFixed(1)),
      row('state transitions', ({ perTask }) => perTask.stateTransitions.toFixed(1)),
      row('USD per 1,000 tasks', ({ perTask }) => (1000 * perTask.usd).toFixed(2)),
      row('mean delay (s)', ({ meanDelay }) => meanDelay.toFixed(1)),
    ],
  );
}

/** Tasks per second that each quota allows, by region. The minimum of a column is bold. */
export function ratesTable({ alone, batch }: ScaleResults): string {
  const uses = [
    ...shownRuns(alone).map(({ holdSeconds, simulation }) => ({
      name: `hold ${holdSeconds} s`,
      perTask: simulation.perTask,
    })),
    { name: 'batch', perTask: batch.perTask },
  ];
  const columns = [LARGE_REGION, OTHER_REGION].flatMap((quotas) =>
    uses.map(({ name, perTask }) => ({
      head: `${quotas === LARGE_REGION ? 'large' : 'other'} regions, ${name}`,
      rates: tasksPerSecond(perTask, quotas),
    })),
  );
  const names = [...(columns[0]?.rates.keys() ?? [])];
  return markdownTable(
    ['', ...columns.map(({ head }) => head)],
    names.map((name) => [
      name,
      ...columns.map(({ rates }) => {
        const rate = rates.get(name) ?? 0;
        return rate === Math.min(...rates.values()) ? `**${rate.toFixed(0)}**` : rate.toFixed(0);
      }),
    ]),
  );
}

/** Outcome of a burst of 100,000 tasks, one row per configuration. */
export function burstTable({ burst, reserved, elsewhere, vendor }: ScaleResults): string {
  const row = (name: string, { holdSeconds, simulation }: Run) => [
    name,
    String(holdSeconds),
    simulation.meanDelay.toFixed(0),
    (simulation.throttledInvocations / simulation.tasks).toFixed(1),
    String(simulation.lost),
    (1000 * simulation.perTask.usd).toFixed(2),
  ];
  return markdownTable(
    ['', 'hold (s)', 'mean delay (s)', 'throttles per task', 'lost', 'USD per 1,000 tasks'],
    [
      ...shownRuns(burst).map((run) => row('large region', run)),
      ...shownRuns(reserved).map((run) => row(`reserved ${run.reservedConcurrency}`, run)),
      ...shownRuns(elsewhere).map((run) => row('other region', run)),
      ...vendor.slice(-1).map((run) => row(`Aspose ${run.vendorPollsPerSecond}/s`, run)),
    ],
  );
}

/** The longest hold, in seconds, that each task rate and concurrency allow. */
export function holdTable({ alone }: ScaleResults): string {
  const concurrencies = [100, 500, 1000, 3000];
  return markdownTable(
    [
      'tasks per second',
      ...concurrencies.map((concurrency, index) => `${index === 0 ? 'concurrency ' : ''}${concurrency}`),
    ],
    [10, 20, 50, 100, 200].map((rate) => [
      String(rate),
      ...concurrencies.map((concurrency) => {
        const fits = ({ simulation }: Run) =>
          rate * simulation.perTask.lambdaSeconds <= MAX_PLANNED_UTILIZATION * concurrency;
        return String(alone.findLast(fits)?.holdSeconds ?? 'none');
      }),
    ]),
  );
}

/** The rate that the default quotas allow with the default hold, and the limiting quota. */
export function bindingRate({ alone, defaultHoldSeconds }: ScaleResults): string {
  const defaultRun = alone.find(({ holdSeconds }) => holdSeconds === defaultHoldSeconds);
  if (defaultRun === undefined) return '';
  const rates = [...tasksPerSecond(defaultRun.simulation.perTask, LARGE_REGION)];
  const [name, rate] = rates.reduce((lowest, entry) => (entry[1] < lowest[1] ? entry : lowest));
  return `${rate.toFixed(0)}: ${name}`;
}

/** Time and rates of a batch, by its concurrency. The rates are those of the first 99 %. */
export function paceTable({ batch }: ScaleResults): string {
  const { tasks, polls, paces } = batch;
  const minutes = (seconds: number) => (seconds / 60).toFixed(0);
  return markdownTable(
    [
      `${tasks.toLocaleString('en-US')} new ids at concurrency`,
      'minutes until 99 %',
      'until all',
      'tasks per second',
      'polls per second',
    ],
    paces.map(({ concurrency, untilNearlyAll, untilAll }) => [
      String(concurrency),
      minutes(untilNearlyAll),
      minutes(untilAll),
      ((NEARLY_ALL * tasks) / untilNearlyAll).toFixed(0),
      ((NEARLY_ALL * polls) / untilNearlyAll).toFixed(0),
    ]),
  );
}
