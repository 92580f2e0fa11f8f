import { VirtualClock } from '../../local/clock.ts';
import { startFaultyCourier } from '../faults/layers/faulty-courier.ts';
import { createAwsFaults } from './aws-faults.ts';
import { createRetryingClients } from './retrying-clients.ts';
import { runWave, type Violation } from './run-wave.ts';
import { planTask } from './task-plan.ts';

export interface SoakOptions {
  readonly tasks: number;
  /** Probability of a fault for each call, 0 to 1. */
  readonly faults: number;
  readonly seed: number;
  /** Number of tasks that run at the same time. */
  readonly atOnce: number;
  readonly limitMinutes: number;
}

export interface SoakResult {
  /** Number of judged tasks, which is smaller than planned if the run reached its time limit. */
  readonly tasks: number;
  readonly violations: readonly Violation[];
  readonly outcomes: ReadonlyMap<string, number>;
  /** The outcomes of batches. */
  readonly batches: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  /** Number of calls that could be faulty. */
  readonly calls: { readonly aspose: number; readonly aws: number; readonly putEvents: number };
  readonly polls: number;
  readonly executions: number;
  readonly events: number;
  readonly redriven: number;
  readonly startedLate: number;
  readonly virtualHours: number;
  readonly seconds: number;
}

/** Timers this close together fire together, so that tasks run concurrently. */
const CONCURRENT_TIMERS_MILLISECONDS = 5000;
const START = '2026-03-01T12:00:00Z';

/** Runs tasks under faults, in waves, and judges each task. */
export async function runSoak(
  { tasks, faults: share, seed, atOnce, limitMinutes }: SoakOptions,
  progress: (line: string) => void,
): Promise<SoakResult> {
  const begun = performance.now();
  const faults = new Map<string, number>();
  const outcomes = new Map<string, number>();
  const batches = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const aws = createAwsFaults(seed, share, (kind) => count(faults, kind));
  const clock = new VirtualClock(START, CONCURRENT_TIMERS_MILLISECONDS);
  await using courier = await startFaultyCourier({ clock });
  const clients = createRetryingClients(courier);
  const violations: Violation[] = [];
  const sums = { polls: 0, executions: 0, events: 0, redriven: 0, startedLate: 0 };
  let asposeCalls = 0;
  let judged = 0;

  while (judged < tasks) {
    const elapsedSeconds = Math.round((performance.now() - begun) / 1000);
    if (elapsedSeconds > limitMinutes * 60) {
      const problem = `not started within ${limitMinutes} minutes`;
      violations.push({ subject: `${tasks - judged} tasks`, problem });
      break;
    }
    if (judged > 0) {
      progress(`${judged} of ${tasks} tasks, ${violations.length} violations, ${elapsedSeconds} s`);
    }
    const plans = Array.from({ length: Math.min(atOnce, tasks - judged) }, (_, index) =>
      planTask(seed, judged + index, share),
    );
    const wave = await runWave({
      courier,
      clients,
      plans,
      seed,
      setFaulty(faulty) {
        courier.aws.draw(faulty ? aws.faultOf : undefined);
        courier.refuseEvents(faulty ? aws.refuseEvents : undefined);
        courier.loseStatusChanges(faulty ? aws.losesStatusChange : undefined);
      },
    });
    for (const [index, task] of wave.tasks.entries()) {
      asposeCalls += task.fetches;
      for (const { fault } of plans[index]?.steps.slice(0, task.fetches) ?? []) {
        if (fault !== undefined) count(faults, `Aspose: ${fault}`);
      }
      count(outcomes, task.outcome);
      sums.polls += task.polls;
      sums.executions += task.executions;
      sums.events += task.events;
    }
    for (const outcome of wave.batches) count(batches, outcome);
    violations.push(...wave.violations);
    sums.redriven += wave.redriven;
    sums.startedLate += wave.startedLate;
    judged += plans.length;
  }

  return {
    ...sums,
    tasks: judged,
    violations,
    outcomes,
    batches,
    faults,
    calls: { aspose: asposeCalls, aws: aws.calls(), putEvents: aws.puts() },
    virtualHours: (clock.now() - Date.parse(START)) / 3_600_000,
    seconds: (performance.now() - begun) / 1000,
  };
}
