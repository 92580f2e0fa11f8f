import type { SoakOptions, SoakResult } from './run-soak.ts';

/** Formats the summary of a run. */
export function formatReport(result: SoakResult, options: SoakOptions): string {
  const { violations, calls } = result;
  const injected = [...result.faults.values()].reduce((sum, times) => sum + times, 0);
  const allCalls = calls.aspose + calls.aws + calls.putEvents;
  const percentage = ((100 * injected) / Math.max(1, allCalls)).toFixed(1);
  const hours = result.virtualHours.toFixed(1);
  return [
    `tasks            ${result.tasks}, ${options.atOnce} concurrently; seed ${options.seed}`,
    `executions       ${result.executions}`,
    `calls            ${allCalls}: ${calls.aspose} to Aspose, ${calls.aws} to AWS, ${calls.putEvents} PutEvents`,
    `faults           ${injected}, ${percentage} % of the calls`,
    ...table(result.faults),
    `polls            ${result.polls}`,
    'outcomes',
    ...table(result.outcomes),
    'batches',
    ...table(result.batches),
    `terminal events  ${result.events}`,
    `redriven         ${result.redriven} messages of dead-letter queues`,
    `late starts      ${result.startedLate}, accepted only after the faults had ended`,
    `time             ${Math.round(result.seconds)} s; ${hours} hours of virtual time`,
    ...violations.map(({ subject, problem }) => `VIOLATION        ${subject}: ${problem}`),
    violations.length === 0 ? 'passed' : 'FAILED',
  ].join('\n');
}

function table(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, times]) => `  ${String(times).padStart(7)}  ${name}`);
}
