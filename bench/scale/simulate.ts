import type { PollingPolicy } from '../../functions/core/polling-policy.ts';
import { usdOf } from '../../lib/task-cost.ts';
import { NO_PROGRESS, type TaskProgress, TYPICAL_SECONDS, walkInvocation } from '../../lib/task-walk.ts';
import { EventQueue } from './event-queue.ts';
import type { Quotas } from './quotas.ts';
import { TokenBucket } from './token-bucket.ts';

/** How invocations that Lambda throttles are repeated: a wait at random up to a bound that grows. */
export interface Backoff {
  readonly intervalSeconds: number;
  readonly rate: number;
  readonly maxDelaySeconds: number;
  readonly maxAttempts: number;
}

export interface Load {
  /** When each task is to be started, in seconds, in order. */
  readonly arrivals: readonly number[];
  /** How long Aspose takes for a task, from the start of its execution. */
  durationSeconds(): number;
}

export interface SimulationProps {
  readonly load: Load;
  readonly policy: PollingPolicy;
  readonly quotas: Quotas;
  /** @default - the account's concurrency */
  readonly reservedConcurrency?: number;
  readonly throttleBackoff: Backoff;
  /** Polls beyond this many a second get a 429. @default - none do */
  readonly vendorPollsPerSecond?: number;
  random(): number;
}

/** What became of a load; seconds, unless named otherwise. */
export interface Simulation {
  readonly tasks: number;
  /** Tasks that ended as Failed, as Lambda or Aspose would not have them for too long. */
  readonly lost: number;
  /** From the start of it all until 99 % of the tasks have ended. */
  readonly untilNearlyAll: number;
  /** Between arrival and StartExecution's consent. */
  readonly meanStartDelay: number;
  /** From Aspose's completion of a task to its event. */
  readonly meanDelay: number;
  readonly p99Delay: number;
  readonly peakConcurrency: number;
  readonly throttledInvocations: number;
  readonly perTask: {
    readonly polls: number;
    readonly stateTransitions: number;
    readonly lambdaSeconds: number;
    readonly tableWrites: number;
    /** To the index's partition of tasks that are being collected. */
    readonly partitionWrites: number;
    readonly usd: number;
  };
  /** In the busiest second. */
  readonly peakPerSecond: {
    readonly stateTransitions: number;
    readonly putEvents: number;
    readonly tableWrites: number;
    readonly partitionWrites: number;
    readonly s3Puts: number;
    readonly polls: number;
  };
  /** Seconds in which the index's partition was written to more often than DynamoDB grants it. */
  readonly secondsOverPartitionQuota: number;
}

interface SimulatedTask {
  readonly startedAt: number;
  readonly readyAt: number;
  /** What happens to it next: to be fetched, once there is a token; or the end of an invocation, which says the rest. */
  next: 'Fetch' | 'Fetch granted' | 'Left' | 'Ended';
  progress: TaskProgress;
  /** In a row. */
  throttled: number;
  /** What the invocation has said. */
  waitSeconds: number;
  completed: boolean;
}

/** Documents and manifest. */
const PUTS_PER_TASK = 2;

/**
 * Runs tasks against the quotas of StartExecution, state transitions and Lambda's concurrency, which it keeps, and against
 * those of EventBridge, DynamoDB and S3, whose use it counts.
 */
export function simulate(props: SimulationProps): Simulation {
  const { load, policy, quotas, throttleBackoff: backoff, random } = props;
  const most = Math.min(props.reservedConcurrency ?? Number.POSITIVE_INFINITY, quotas.lambdaConcurrency);
  const starts = new TokenBucket(quotas.startExecution);
  const transitions = new TokenBucket(quotas.stateTransition);
  const scaling = new TokenBucket(quotas.lambdaScaling);
  const queue = new EventQueue<SimulatedTask>();
  const seconds = {
    stateTransitions: new PerSecond(),
    putEvents: new PerSecond(),
    tableWrites: new PerSecond(),
    partitionWrites: new PerSecond(),
    s3Puts: new PerSecond(),
    polls: new PerSecond(),
  };
  const delays: number[] = [];
  const ends: number[] = [];
  let startDelays = 0;
  let environments = 0;
  let running = 0;
  let peakConcurrency = 0;
  let throttledInvocations = 0;
  let invocations = 0;
  let lambdaSeconds = 0;
  let lost = 0;

  /** Enters a state, and says when. */
  function transition(at: number): number {
    const granted = transitions.take(at);
    seconds.stateTransitions.add(granted);
    return granted;
  }

  function invoke(task: SimulatedTask, at: number): void {
    running += 1;
    peakConcurrency = Math.max(peakConcurrency, running);
    invocations += 1;
    const { startedAt, readyAt, progress } = task;
    const isFirst = progress === NO_PROGRESS;
    const invocation = walkInvocation(
      policy,
      {
        answer(elapsedSeconds) {
          const polledAt = startedAt + elapsedSeconds;
          const inThisSecond = seconds.polls.add(polledAt);
          // Each poll is written before the next wait or with the end; the index holds their count.
          seconds.tableWrites.add(polledAt);
          seconds.partitionWrites.add(polledAt);
          if (inThisSecond > (props.vendorPollsPerSecond ?? Number.POSITIVE_INFINITY)) return 'Fault';
          return polledAt >= readyAt ? 'Completed' : 'Alive';
        },
        random,
        ...TYPICAL_SECONDS,
      },
      at - startedAt,
      progress,
    );
    const polls = invocation.progress.attempts - progress.attempts;
    for (let write = polls; write < invocation.recordWrites; write += 1) seconds.tableWrites.add(at);
    if (isFirst) seconds.partitionWrites.add(at);
    lambdaSeconds += invocation.seconds;
    task.progress = invocation.progress;
    task.throttled = 0;
    task.next = invocation.waitSeconds === undefined ? 'Ended' : 'Left';
    task.waitSeconds = invocation.waitSeconds ?? 0;
    task.completed = invocation.completed;
    queue.push(at + invocation.seconds, task);
  }

  function hasEnvironment(at: number): boolean {
    if (running < environments) return true;
    if (environments >= most || !scaling.tryTake(at)) return false;
    environments += 1;
    return true;
  }

  function fetch(task: SimulatedTask, at: number): void {
    if (hasEnvironment(at)) {
      invoke(task, at);
      return;
    }
    throttledInvocations += 1;
    if (task.throttled >= backoff.maxAttempts) {
      lost += 1;
      return;
    }
    const longest = Math.min(
      backoff.maxDelaySeconds,
      backoff.intervalSeconds * backoff.rate ** task.throttled,
    );
    task.throttled += 1;
    task.next = 'Fetch';
    queue.push(at + longest * random(), task);
  }

  function end({ completed, readyAt }: SimulatedTask, at: number): void {
    transition(at);
    const publishedAt = transition(at);
    seconds.putEvents.add(publishedAt);
    ends.push(publishedAt);
    if (!completed) {
      lost += 1;
      return;
    }
    for (let put = 0; put < PUTS_PER_TASK; put += 1) seconds.s3Puts.add(at);
    delays.push(publishedAt - readyAt);
  }

  function happen(at: number, task: SimulatedTask): void {
    switch (task.next) {
      case 'Fetch': {
        const granted = transition(at);
        if (granted <= at) {
          fetch(task, at);
          return;
        }
        task.next = 'Fetch granted';
        queue.push(granted, task);
        return;
      }
      case 'Fetch granted':
        fetch(task, at);
        return;
      case 'Left':
        running -= 1;
        transition(at);
        task.next = 'Fetch';
        queue.push(transition(at) + task.waitSeconds, task);
        return;
      case 'Ended':
        running -= 1;
        end(task, at);
    }
  }

  for (const arrival of load.arrivals) {
    const startedAt = starts.take(arrival);
    startDelays += startedAt - arrival;
    const readyAt = startedAt + load.durationSeconds();
    const nothing = { progress: NO_PROGRESS, throttled: 0, waitSeconds: 0, completed: false };
    queue.push(startedAt, { startedAt, readyAt, next: 'Fetch', ...nothing });
  }
  while (queue.next(happen));

  const tasks = load.arrivals.length;
  delays.sort((a, b) => a - b);
  ends.sort((a, b) => a - b);
  const usage = {
    stateTransitions: seconds.stateTransitions.sum,
    invocations,
    lambdaSeconds,
    recordReads: invocations,
    recordWrites: seconds.tableWrites.sum,
    objectsPut: seconds.s3Puts.sum,
    polls: seconds.polls.sum,
  };
  const each = (sum: number) => sum / tasks;
  return {
    tasks,
    lost,
    untilNearlyAll: percentile(ends, 0.99),
    meanStartDelay: each(startDelays),
    meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / Math.max(1, delays.length),
    p99Delay: percentile(delays, 0.99),
    peakConcurrency,
    throttledInvocations,
    perTask: {
      polls: each(usage.polls),
      stateTransitions: each(usage.stateTransitions),
      lambdaSeconds: each(lambdaSeconds),
      tableWrites: each(usage.recordWrites),
      partitionWrites: each(seconds.partitionWrites.sum),
      // Everything in it grows in proportion, so the mean task costs what tasks cost on average.
      usd: usdOf({
        stateTransitions: each(usage.stateTransitions),
        invocations: each(invocations),
        lambdaSeconds: each(lambdaSeconds),
        recordReads: each(invocations),
        recordWrites: each(usage.recordWrites),
        objectsPut: each(usage.objectsPut),
        polls: each(usage.polls),
      }),
    },
    peakPerSecond: {
      stateTransitions: seconds.stateTransitions.peak,
      putEvents: seconds.putEvents.peak,
      tableWrites: seconds.tableWrites.peak,
      partitionWrites: seconds.partitionWrites.peak,
      s3Puts: seconds.s3Puts.peak,
      polls: seconds.polls.peak,
    },
    secondsOverPartitionQuota: seconds.partitionWrites.secondsAbove(quotas.dynamodbPartitionWritesPerSecond),
  };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Counts what falls into each second. */
class PerSecond {
  readonly #counts: number[] = [];
  sum = 0;
  peak = 0;

  /** In how many seconds there were more. */
  secondsAbove(most: number): number {
    return this.#counts.filter((count) => count > most).length;
  }

  /** @returns how many there have been in that second */
  add(at: number): number {
    const second = Math.floor(at);
    while (this.#counts.length <= second) this.#counts.push(0);
    const count = (this.#counts[second] ?? 0) + 1;
    this.#counts[second] = count;
    this.sum += 1;
    this.peak = Math.max(this.peak, count);
    return count;
  }
}
