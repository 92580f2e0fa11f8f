import { VirtualClock } from '../../local/clock.ts';
import { startFaultyCourier, WHALE } from '../faults/layers/faulty-courier.ts';
import { completed } from '../support/responses.ts';
import { drawAwsFaults } from './aws-faults.ts';
import { openDoors } from './doors.ts';
import { type MemorySample, sampleMemory } from './memory.ts';
import { planTask } from './task-plan.ts';
import { deleteDocuments, type Offence, runWave } from './wave.ts';

export interface SoakOptions {
  readonly tasks: number;
  /** The probability with which a call is faulty, 0 to 1. */
  readonly faults: number;
  readonly seed: number;
  /** How many tasks run together. */
  readonly atOnce: number;
  readonly limitMinutes: number;
}

export interface SoakResult {
  /** Those that were judged: fewer than asked for when the time was over. */
  readonly tasks: number;
  readonly offences: readonly Offence[];
  readonly outcomes: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  /** Calls that were made, and so could be faulty. */
  readonly calls: { readonly aspose: number; readonly aws: number; readonly putEvents: number };
  readonly polls: number;
  readonly executions: number;
  readonly events: number;
  readonly redriven: number;
  readonly startedLate: number;
  readonly memory: readonly MemorySample[];
  readonly virtualHours: number;
  readonly seconds: number;
}

/** So close together, timers of tasks fire at once: tasks are worked on side by side, and not in turn. */
const TOGETHER_MILLISECONDS = 5000;
const START = '2026-03-01T12:00:00Z';

/** Runs tasks in waves under faults, judges each, and measures the memory between the waves. */
export async function soak(
  { tasks, faults: share, seed, atOnce, limitMinutes }: SoakOptions,
  progress: (line: string) => void,
): Promise<SoakResult> {
  const begun = performance.now();
  const faults = new Map<string, number>();
  const outcomes = new Map<string, number>();
  const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const aws = drawAwsFaults(seed, share, (kind) => count(faults, kind));
  const clock = new VirtualClock(START, TOGETHER_MILLISECONDS);
  await using courier = await startFaultyCourier({ clock });
  const doors = openDoors(courier);
  const offences: Offence[] = [];
  const memory: MemorySample[] = [];
  const sums = { polls: 0, executions: 0, events: 0, redriven: 0, startedLate: 0, keptBytes: 0 };
  let aspose = 0;
  let judged = 0;

  // The clients of the functions are warm, and so is the code.
  courier.script('warm-up', [completed(WHALE)]);
  await courier.collect({ taskId: 'warm-up' });
  await deleteDocuments(courier, []);

  /** Apart, so that nothing of it is in memory afterwards. @returns how many tasks it had */
  async function nextWave(first: number): Promise<number> {
    const plans = Array.from({ length: Math.min(atOnce, tasks - first) }, (_, index) =>
      planTask(seed, first + index, share),
    );
    const wave = await runWave({
      courier,
      doors,
      plans,
      setFaulty(faulty) {
        courier.aws.draw(faulty ? aws.faultOf : undefined);
        courier.refuseEvents(faulty ? aws.refuseEvents : undefined);
      },
    });
    for (const [index, plan] of plans.entries()) {
      const fetches = wave.fetches[index] ?? 0;
      aspose += fetches;
      for (const { fault } of plan.steps.slice(0, fetches)) {
        if (fault !== undefined) count(faults, `Aspose: ${fault}`);
      }
    }
    offences.push(...wave.offences);
    for (const outcome of wave.outcomes) count(outcomes, outcome);
    sums.polls += wave.polls;
    sums.executions += wave.executions;
    sums.events += wave.events;
    sums.redriven += wave.redriven;
    sums.startedLate += wave.startedLate;
    sums.keptBytes += wave.keptBytes;
    return plans.length;
  }

  while (judged < tasks) {
    if (performance.now() - begun > limitMinutes * 60_000) {
      offences.push({
        taskId: `${tasks - judged} tasks`,
        problem: `not begun within ${limitMinutes} minutes`,
      });
      break;
    }
    judged += await nextWave(judged);
    const sample = sampleMemory(judged, sums.keptBytes);
    memory.push(sample);
    progress(
      `${judged} of ${tasks} tasks, ${offences.length} wrong, ${Math.round((performance.now() - begun) / 1000)} s, objects ${megabytes(sample.heapBytes)}, buffers ${megabytes(sample.bufferBytes)}, resident ${megabytes(sample.residentBytes)}`,
    );
  }

  return {
    ...sums,
    tasks: judged,
    offences,
    outcomes,
    faults,
    calls: { aspose, aws: aws.calls(), putEvents: aws.puts() },
    memory,
    virtualHours: (clock.now() - Date.parse(START)) / 3_600_000,
    seconds: (performance.now() - begun) / 1000,
  };
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
