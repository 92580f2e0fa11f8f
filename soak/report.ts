import { type MemoryGrowth, memoryGrowth } from './memory.ts';
import { megabytes, type SoakOptions, type SoakResult } from './run.ts';

/** Heap that a task may leave behind, beside what the embedded AWS keeps of it by design. */
const MOST_HEAP_BYTES_PER_TASK = 16_384;

/** The summary of a run, and whether all is well. */
export function report(result: SoakResult, options: SoakOptions): { text: string; sound: boolean } {
  const growth = memoryGrowth(result.memory);
  const memoryProblem = growth && leakIn(growth);
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
    `memory           heap ${memory.map(({ heapBytes }) => Math.round(heapBytes / 1e6)).join(' ')} MB; peak resident ${megabytes(peak)}`,
    `                 ${growth === undefined ? 'too few samples to tell whether it grows' : describe(growth)}`,
    `time             ${Math.round(result.seconds)} s; ${result.virtualHours.toFixed(1)} hours for the tasks`,
    ...offences.map(({ taskId, problem }) => `WRONG            ${taskId}: ${problem}`),
    ...(memoryProblem === undefined ? [] : [`WRONG            ${memoryProblem}`]),
  ];
  const sound = offences.length === 0 && memoryProblem === undefined;
  return { text: [...lines, sound ? 'all is well' : 'NOT all is well'].join('\n'), sound };
}

function table(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, times]) => `  ${String(times).padStart(7)}  ${what}`);
}

function describe({ heapBytesPerTask, keptBytesPerTask, residentBytesPerTask }: MemoryGrowth): string {
  const kilobytes = (bytes: number) => `${(bytes / 1e3).toFixed(1)} kB`;
  return `per task of the second half: heap ${kilobytes(heapBytesPerTask)}, of which ${kilobytes(keptBytesPerTask)} are kept by design; resident ${kilobytes(residentBytesPerTask)}`;
}

function leakIn({ heapBytesPerTask, keptBytesPerTask }: MemoryGrowth): string | undefined {
  const most = keptBytesPerTask + MOST_HEAP_BYTES_PER_TASK;
  if (heapBytesPerTask <= most) return undefined;
  return `memory: the heap grows by ${Math.round(heapBytesPerTask)} bytes a task; allowed: ${Math.round(most)}`;
}
