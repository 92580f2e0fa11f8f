import { POLLING_PRESETS } from '../../functions/contracts/polling-presets.ts';
import { PRESETS, RESULT_LIFETIME_SECONDS } from '../../functions/core/polling-policy.ts';
import { PRICES_AS_OF, USD_PER } from '../../lib/aws-prices.ts';
import { FETCH_RESULT_GIGABYTES } from '../../lib/task-cost.ts';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import type { Headline } from '../benchmark.ts';
import { INVOKE_SECONDS, POLL_SECONDS, RECORD_SECONDS, STORE_SECONDS } from './assumptions.ts';
import { CASES, type CaseName } from './durations.ts';
import type { Figures } from './figures.ts';
import { CASE_TITLES, GOALS } from './goals.ts';
import { figuresOf, type PollingResults } from './results.ts';

const seconds = (value: number) => `${value.toFixed(2)} s`;
const usd = (value: number) => `$${value.toFixed(3)}`;
const ratio = (value: number | null) => value?.toFixed(2) ?? '-';

/** Lost tasks down to one in 100,000. */
const share = (value: number) => (value === 0 ? '0' : `${Number((value * 100).toPrecision(2))} %`);

function caseTable(name: CaseName, figures: Readonly<Record<string, Figures>>): string {
  const heads = [
    '',
    'lost',
    'mean delay',
    'median',
    'p99',
    'polls',
    'states',
    'Lambda',
    '1,000 tasks',
    'by the optimum',
  ];
  const rows = Object.entries(figures).map(([schedule, of]) => [
    `\`${schedule}\``,
    share(of.lostShare),
    seconds(of.meanDelaySeconds),
    seconds(of.p50DelaySeconds),
    seconds(of.p99DelaySeconds),
    of.pollsPerTask.toFixed(2),
    of.transitionsPerTask.toFixed(2),
    seconds(of.lambdaSecondsPerTask),
    usd(of.usdPer1000),
    ratio(of.ratioToOptimum),
  ]);
  return `### Durations: ${CASE_TITLES[name]}\n\n${markdownTable(heads, rows)}`;
}

function herdTable({ herd }: PollingResults): string {
  const rows = POLLING_PRESETS.map((preset) => {
    const { peakPollsPer100ms, ...peaks } = herd[preset];
    const { atOnceMedian3, overASecondMedian3, atOnceNeverFinished, overASecondNeverFinished } = peaks;
    const cells = [
      atOnceMedian3,
      overASecondMedian3,
      atOnceNeverFinished,
      overASecondNeverFinished,
      peakPollsPer100ms,
    ];
    return [`\`${preset}\``, ...cells.map(String)];
  });
  const heads = [
    '',
    'at once, median 3 s',
    'over a second, median 3 s',
    'at once, never finished',
    'over a second, never finished',
    'most',
  ];
  return markdownTable(heads, rows);
}

function goalTable(results: PollingResults): string {
  const rows = GOALS.map(({ goal, atMost, measured, show }) => {
    const value = measured(results);
    return [goal, `at most ${show(atMost)}`, show(value), value <= atMost ? 'met' : '**not met**'];
  });
  return markdownTable(['', 'goal', 'measured', ''], rows);
}

/** The section of docs/performance.md. */
export function pollingReport(results: PollingResults, tasks: number): string {
  const at3 = figuresOf(results, 'median3', 'balanced');
  const at30 = figuresOf(results, 'median30', 'balanced');
  const fixed30 = figuresOf(results, 'median30', 'fixed-2s');
  const retry30 = figuresOf(results, 'median30', 'asl-retry');
  const fixed3 = figuresOf(results, 'median3', 'fixed-2s');
  const { firstPollDelaySeconds } = PRESETS.balanced;
  const meanSeconds = CASES.median3.endedMean(RESULT_LIFETIME_SECONDS);
  const usdPer1000Seconds = 1000 * FETCH_RESULT_GIGABYTES * USD_PER.lambdaGigabyteSecond;
  const heldUsd = meanSeconds * usdPer1000Seconds;
  const delayUsd = at3.meanDelaySeconds * usdPer1000Seconds;
  return `## Polling (\`polling\`)

How late a finished task is noticed, and what that costs. ${tasks.toLocaleString('en')} seeded tasks a case, the same for every schedule; durations count from the
submission, with which the execution starts (in \`balanced-started-2s-late\`: 2 s after it, the submission's time being known). They are log-normal with a 99th
percentile of 20 times the median, or, bimodal, 70 % around 2 s (99th percentile 8 s) and 30 % around 40 s (200 s).

- **Ours** is the fetch Lambda's own use case, invoked as the state machine does, on a clock that only sleeps and calls move. A test finds the same polls,
  states and invocations on the embedded stack.
- **Delay** lasts from a task's end to the sending of the poll that finds it; delays are of the tasks found, polls and costs of all.
- **By the optimum**: the mean delay by the least that any schedule can have with as many polls a task, if it knows the distribution (which ours does not: one
  policy has all cases). Dynamic programming over all schedules on a grid of 0.2 %, and the lower hull of what it finds for 145 prices of a poll. The sample
  differs from the distribution by about 1 %. A schedule that loses tasks has no ratio: it saves the polls that matter.
- **Assumed** for all: a poll takes ${POLL_SECONDS} s, to enter a function ${INVOKE_SECONDS} s, to read or write a record ${RECORD_SECONDS} s, to store document and manifest ${STORE_SECONDS} s; functions are warm,
  nothing fails, a token is at hand.
- **Dollars** are AWS's list prices of ${PRICES_AS_OF} (\`lib/aws-prices.ts\`), reckoned by \`lib/task-cost.ts\`: all that a task uses, its storage and logs included.
  Whether Aspose bills polls is not known: if it does, its price times the column "polls" comes on top. At $0.001 a poll that is $${at3.pollsPerTask.toFixed(1)} for 1,000 tasks
  of \`balanced\` at a median of 3 s, ${Math.round(at3.pollsPerTask / at3.usdPer1000)} times what AWS gets: then choose \`frugal\`.
- **The others** are what people write instead, each given a plain state machine: a Wait, a Lambda of one poll, a Choice, round and round; at the end one document, one
  record, one event. Their Waits may take fractions of a second, and begin before the first poll. The tutorials' two scripts (10 polls 2 s apart; 1, 2, 4 ... 512 s)
  run on no AWS by themselves and are given the same loop. \`asl-retry\` is a Task that fails until the result is there (IntervalSeconds 1, BackoffRate 2,
  MaxDelaySeconds 60, enough attempts): each repetition is one state, and the first poll is made at once.

${caseTable('median1', results.median1)}
${caseTable('median3', results.median3)}
${caseTable('median30', results.median30)}
${caseTable('bimodal', results.bimodal)}
### The herd

1,000 tasks started at the same moment, or spread evenly over a second: most polls in any 100 ms of their whole lives (24 hours, where they never finish).
Limits of AWS's that would spread them further are left out.

${herdTable(results)}
### Goals

${goalTable(results)}
Little of the cost is polling's: of the ${usd(at3.usdPer1000)}, three states are ${usd(3000 * USD_PER.stateTransition)}, the Lambda's waiting for tasks that take ${meanSeconds.toFixed(1)} s on average ${usd(heldUsd)}, document
and manifest ${usd(2000 * USD_PER.s3Put)}; the delay itself costs ${usd(delayUsd)}. No schedule gets far below that: to wait outside the Lambda is three more states a poll.

Where others are better: polls every 2 s have about our delay at a median of 3 s (${seconds(fixed3.meanDelaySeconds)}, ${fixed3.pollsPerTask.toFixed(1)} polls), at ${(fixed3.usdPer1000 / at3.usdPer1000).toFixed(1)} times the cost. At a median of 30 s they
have ${seconds(fixed30.meanDelaySeconds)} instead of ${seconds(at30.meanDelaySeconds)}, for ${(fixed30.pollsPerTask / at30.pollsPerTask).toFixed(1)} times the polls and ${(fixed30.usdPer1000 / at30.usdPer1000).toFixed(1)} times the dollars. ASL Retry is the cheapest there (${usd(retry30.usdPer1000)} instead of ${usd(at30.usdPer1000)}), with ${seconds(retry30.meanDelaySeconds)}
of delay. In the bimodal case a schedule that knew the two kinds of tasks would rest between them: ours does not. At a median of 1 s most of the delay is the
first poll's, ${firstPollDelaySeconds} to ${firstPollDelaySeconds + 1} s after the submission.
`;
}

/** The rows of the README. */
export function pollingHeadlines(results: PollingResults): readonly Headline[] {
  const row = (schedule: string) => {
    const { meanDelaySeconds, pollsPerTask, usdPer1000 } = figuresOf(results, 'median3', schedule);
    return `${seconds(meanDelaySeconds)}, ${pollsPerTask.toFixed(1)} polls, ${usd(usdPer1000)}`;
  };
  const ratios = (['median1', 'median3', 'median30'] as const).map((name) =>
    ratio(figuresOf(results, name, 'balanced').ratioToOptimum),
  );
  return [
    {
      measured: 'tasks of 3 s (median): mean delay until noticed, polls a task, cost of 1,000 on AWS',
      result: row('balanced'),
      goal: '1.15 s, 5 polls, $0.12',
    },
    { measured: 'the same, polled every 2 s by a plain state machine', result: row('fixed-2s') },
    { measured: 'the same, by ASL Retry (1, 2, 4 ... 60 s)', result: row('asl-retry') },
    {
      measured: 'mean delay by the least possible with as many polls, at medians of 1, 3 and 30 s',
      result: ratios.join(', '),
      goal: '1.15',
    },
  ];
}
