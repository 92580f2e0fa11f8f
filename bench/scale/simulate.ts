import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { THROTTLE_BACKOFF } from '../../lib/state-retries.ts';
import { meanUsage, type TaskUsage, usdOf, writeUnitsOf } from '../costs/task-cost.ts';
import { OBJECTS_PER_TASK, simulateCollection, TYPICAL_TIMES } from '../simulated-collection.ts';
import { mean, percentile } from '../statistics.ts';
import type { Quotas } from './quotas.ts';
import { PerSecond, Scheduler, TokenBucket } from './scheduler.ts';

export interface SimulationProps {
  /** Arrival times in seconds, ascending. */
  readonly arrivals: readonly number[];
  /** Draws the time in seconds from the start of the execution until Aspose completes the task. */
  durationSeconds(): number;
  readonly polling: PollingOverrides;
  readonly quotas: Quotas;
  /** Aspose rejects polls above this number in a second. Null means no limit. */
  readonly vendorPollsPerSecond: number | null;
  random(): number;
}

/** Outcome of one load. All times are in seconds. */
export type Simulation = Awaited<ReturnType<typeof simulate>>;

/**
 * Simulates tasks with the production `fetchResult`, under the quotas of StartExecution, state
 * transitions and Lambda. Counts the use of EventBridge, DynamoDB and S3 without enforcing their
 * quotas.
 */
export async function simulate(props: SimulationProps) {
  const { arrivals, polling, quotas, random } = props;
  const maxPollsPerSecond = props.vendorPollsPerSecond ?? Number.POSITIVE_INFINITY;
  const startQuota = new TokenBucket(quotas.startExecution);
  const transitionQuota = new TokenBucket(quotas.stateTransition);
  const scalingQuota = new TokenBucket(quotas.lambdaScaling);
  const scheduler = new Scheduler();
  const perSecond = {
    stateTransitions: new PerSecond(),
    putEvents: new PerSecond(),
    tableWrites: new PerSecond(),
    partitionWrites: new PerSecond(),
    s3Puts: new PerSecond(),
    polls: new PerSecond(),
  };
  const startDelays: number[] = [];
  const delays: number[] = [];
  const ends: number[] = [];
  const usages: TaskUsage[] = [];
  let environments = 0;
  let running = 0;
  let peakConcurrency = 0;
  let throttledInvocations = 0;
  let lost = 0;

  async function* runTask(arrival: number): AsyncGenerator<number, void> {
    const startedAt = startQuota.take(arrival);
    startDelays.push(startedAt - arrival);
    const readyAt = startedAt + props.durationSeconds();
    const { usage, invoke } = simulateCollection({
      polling,
      times: TYPICAL_TIMES,
      respond: (elapsedSeconds) => respond(startedAt + elapsedSeconds, readyAt),
      onWrite: (elapsedSeconds) => perSecond.tableWrites.add(startedAt + elapsedSeconds),
      random,
    });
    usages.push(usage);
    let at = startedAt;
    yield at;
    for (;;) {
      for (let retry = 0; ; retry += 1) {
        at = enterState(at);
        yield at;
        if (takeEnvironment(at)) break;
        throttledInvocations += 1;
        if (retry >= THROTTLE_BACKOFF.maxAttempts) {
          lost += 1;
          return;
        }
        at += maxRetryDelay(retry) * random();
        yield at;
      }
      // The first invocation claims the task, which adds it to the index.
      if (usage.invocations === 0) perSecond.partitionWrites.add(at);
      const { output, endSeconds } = await invoke(at - startedAt);
      at = startedAt + endSeconds;
      yield at;
      running -= 1;
      // `Task status?`, then Wait or the publish state.
      enterState(at);
      const enteredAt = enterState(at);
      if (!('delaySeconds' in output)) {
        perSecond.putEvents.add(enteredAt);
        ends.push(enteredAt);
        if ('outcome' in output && output.outcome === 'Completed') {
          perSecond.s3Puts.add(at, OBJECTS_PER_TASK);
          delays.push(enteredAt - readyAt);
        } else lost += 1;
        return;
      }
      at = enteredAt + output.delaySeconds;
      yield at;
    }
  }

  function respond(at: number, readyAt: number) {
    // Each poll also writes to the index, which projects the number of polls.
    perSecond.partitionWrites.add(at);
    if (perSecond.polls.add(at) > maxPollsPerSecond) return 'Fault';
    return at >= readyAt ? 'Completed' : 'Pending';
  }

  /** Returns the time at which the quota permits the transition. */
  function enterState(at: number): number {
    const enteredAt = transitionQuota.take(at);
    perSecond.stateTransitions.add(enteredAt);
    return enteredAt;
  }

  /** Returns whether Lambda has a free environment or may create one. */
  function takeEnvironment(at: number): boolean {
    if (running === environments) {
      if (environments >= quotas.lambdaConcurrency || !scalingQuota.tryTake(at)) return false;
      environments += 1;
    }
    running += 1;
    peakConcurrency = Math.max(peakConcurrency, running);
    return true;
  }

  for (const arrival of arrivals) scheduler.add(arrival, runTask(arrival));
  await scheduler.runAll();

  const tasks = arrivals.length;
  // A collection does not count the retries of throttled invocations as state transitions.
  const usage = { ...meanUsage(usages), stateTransitions: perSecond.stateTransitions.sum / tasks };
  return {
    tasks,
    /** Tasks that ended as Failed, because Lambda or Aspose rejected them for too long. */
    lost,
    /** Time at which 99 % of the ended tasks have published their event. */
    untilNearlyAll: percentile(ends, 0.99),
    /** From the arrival until StartExecution accepts the task. */
    meanStartDelay: mean(startDelays),
    /** From Aspose's completion of a task to its event. */
    meanDelay: mean(delays),
    p99Delay: percentile(delays, 0.99),
    peakConcurrency,
    throttledInvocations,
    perTask: {
      polls: usage.polls,
      stateTransitions: usage.stateTransitions,
      lambdaSeconds: usage.lambdaSeconds,
      executionStarts: 1,
      tableWrites: usage.recordWrites,
      writeUnits: writeUnitsOf(usage.recordWrites),
      putEvents: 1,
      s3Puts: usage.objectsPut,
      /** Writes to the index partitions of all open tasks. */
      partitionWrites: perSecond.partitionWrites.sum / tasks,
      usd: usdOf(usage),
    },
    /** Counts in the busiest second. */
    peakPerSecond: Object.fromEntries(Object.entries(perSecond).map(([name, { peak }]) => [name, peak])),
    /** Seconds with more writes to these partitions than DynamoDB allows. */
    secondsOverPartitionQuota: perSecond.partitionWrites.secondsAbove(quotas.openIndexWritesPerSecond),
  };
}

/** The longest delay before a retry of a throttled invocation. Retries are counted from 0. */
function maxRetryDelay(retry: number): number {
  const { intervalSeconds, rate, maxDelaySeconds } = THROTTLE_BACKOFF;
  return Math.min(maxDelaySeconds, intervalSeconds * rate ** retry);
}
