import { leaksIn, type MemoryGrowth, memoryGrowth } from './memory.ts';
import { megabytes, type SoakOptions, type SoakResult } from './run.ts';

/** The summary of a run, and whether all is well. */
export function report(result: SoakResult, options: SoakOptions): { text: string; sound: boolean } {
  const growth = memoryGrowth(result.memory);
  const leaks = growth === undefined ? [] : leaksIn(growth);
  const { offences, calls, memory } = result;
  const injected = [...result.faults.values()].reduce((sum, times) => sum + times, 0);
  const allCalls = calls.aspose + calls.aws + calls.putEvents;
  const peak = process.resourceUsage().maxRSS * 1024;
  const lines = [
    `tasks            ${result.tasks}, ${options.atOnce} at once, in ${result.executions} executions; seed ${options.seed}`,
    `calls            ${allCalls}: ${calls.aspose} fetches at Aspose, ${calls.aws} of functions to AWS, ${calls.putEvents} PutEvents`,
    `faults           ${injected}, ${((100 * injected) / Math.max(1, allCalls)).toFixed(1)} % of the calls`,
    ...table(result.faults),
    `polls            ${result.polls}`,
    'outcomes',
    ...table(result.outcomes),
    `terminal events  ${result.events}`,
    `redriven         ${result.redriven} messages of dead-letter queues; ${result.startedLate} starts taken only after the faults`,
    `memory           objects ${list(memory.map(({ heapBytes }) => heapBytes))}; peak resident ${megabytes(peak)}`,
    `                 ${growth === undefined ? 'too few samples to tell whether it grows' : describe(growth)}`,
    `time             ${Math.round(result.seconds)} s; ${result.virtualHours.toFixed(1)} hours for the tasks`,
    ...offences.map(({ taskId, problem }) => `WRONG            ${taskId}: ${problem}`),
    ...leaks.map((leak) => `WRONG            memory: ${leak}`),
  ];
  const sound = offences.length === 0 && leaks.length === 0;
  return { text: [...lines, sound ? 'all is well' : 'NOT all is well'].join('\n'), sound };
}

function table(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, times]) => `  ${String(times).padStart(7)}  ${what}`);
}

function list(bytes: readonly number[]): string {
  return `${bytes.map((value) => Math.round(value / 1e6)).join(' ')} MB`;
}

function describe(growth: MemoryGrowth): string {
  const kilobytes = (bytes: number) => `${(bytes / 1e3).toFixed(1)} kB`;
  return [
    `second half, per task: objects ${kilobytes(growth.heapBytesPerTask)}`,
    `of which ${kilobytes(growth.keptBytesPerTask)} (as JSON) are kept by design`,
    `buffers ${kilobytes(growth.bufferBytesPerTask)}`,
    `resident ${growth.residentRatio.toFixed(2)} times the second quarter`,
  ].join(', ');
}
