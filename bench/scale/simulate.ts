import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { THROTTLE_BACKOFF } from '../../lib/polling-workflow.ts';
import { usdOf } from '../costs/task-cost.ts';
import { TYPICAL_TIMES } from '../costs/typical-task.ts';
import { type SimulatedCollection, simulateCollection } from '../simulated-collection.ts';
import { PerSecond, StepQueue, TokenBucket } from './queues.ts';
import { PUTS_PER_TASK, type Quotas } from './quotas.ts';
import { type Simulation, simulationSchema } from './results.ts';

export interface SimulationProps {
  /** When each task is to start, in seconds and in order. */
  readonly arrivals: readonly number[];
  /** Draws how long Aspose takes, from the start of the execution. */
  durationSeconds(): number;
  readonly polling: PollingOverrides;
  readonly quotas: Quotas;
  /** @default - the account's concurrency */
  readonly reservedConcurrency?: number;
  /** Retries of throttled invocations. @default - those of the state machine */
  readonly maxAttempts?: number;
  /** Aspose rejects polls above this number per second. @default - none */
  readonly vendorPollsPerSecond?: number;
  random(): number;
}

interface RunningTask {
  readonly startedAt: number;
  readonly readyAt: number;
  readonly collection: SimulatedCollection;
}

/**
 * Runs tasks by the real use case under the quotas of StartExecution, state transitions and Lambda.
 * Counts the use of EventBridge, DynamoDB and S3 without enforcing their quotas.
 */
export async function simulate(props: SimulationProps): Promise<Simulation> {
  const { arrivals, polling, quotas, maxAttempts = THROTTLE_BACKOFF.maxAttempts, random } = props;
  const maxEnvironments = Math.min(
    props.reservedConcurrency ?? quotas.lambdaConcurrency,
    quotas.lambdaConcurrency,
  );
  const maxPolls = props.vendorPollsPerSecond ?? Number.POSITIVE_INFINITY;
  const starts = new TokenBucket(quotas.startExecution);
  const transitions = new TokenBucket(quotas.stateTransition);
  const scaling = new TokenBucket(quotas.lambdaScaling);
  const queue = new StepQueue();
  const perSecond = {
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

  function start(arrival: number): void {
    const startedAt = starts.take(arrival);
    startDelays += startedAt - arrival;
    const readyAt = startedAt + props.durationSeconds();
    queue.push(startedAt, (at) => {
      const collection = simulateCollection({
        polling,
        times: TYPICAL_TIMES,
        respond: (elapsedSeconds) => respond(startedAt + elapsedSeconds, readyAt),
        random,
      });
      enterFetch({ startedAt, readyAt, collection }, 0, at);
    });
  }

  function respond(at: number, readyAt: number) {
    // The record is written after each poll, and the index holds the number of polls.
    perSecond.tableWrites.add(at);
    perSecond.partitionWrites.add(at);
    if (perSecond.polls.add(at) > maxPolls) return 'Fault';
    return at >= readyAt ? 'Completed' : 'Pending';
  }

  /** Enters a state and returns when. */
  function transition(at: number): number {
    const granted = transitions.take(at);
    perSecond.stateTransitions.add(granted);
    return granted;
  }

  /** Enters `Fetch result`, for the first time or as a retry. */
  function enterFetch(task: RunningTask, throttled: number, at: number): void {
    queue.push(transition(at), (granted) => {
      if (hasEnvironment(granted)) return invoke(task, granted);
      throttledInvocations += 1;
      if (throttled >= maxAttempts) {
        lost += 1;
        return undefined;
      }
      const { intervalSeconds, rate, maxDelaySeconds } = THROTTLE_BACKOFF;
      const longest = Math.min(maxDelaySeconds, intervalSeconds * rate ** throttled);
      queue.push(granted + longest * random(), (later) => enterFetch(task, throttled + 1, later));
      return undefined;
    });
  }

  function hasEnvironment(at: number): boolean {
    if (running < environments) return true;
    if (environments >= maxEnvironments || !scaling.tryTake(at)) return false;
    environments += 1;
    return true;
  }

  async function invoke(task: RunningTask, at: number): Promise<void> {
    const { startedAt, collection } = task;
    const { usage } = collection;
    running += 1;
    peakConcurrency = Math.max(peakConcurrency, running);
    invocations += 1;
    if (usage.invocations === 0) perSecond.partitionWrites.add(at);
    const writesOutsidePolls = usage.recordWrites - usage.polls;
    const { output, endSeconds } = await collection.invoke(at - startedAt);
    for (let write = writesOutsidePolls; write < usage.recordWrites - usage.polls; write += 1) {
      perSecond.tableWrites.add(at);
    }
    const endsAt = startedAt + endSeconds;
    lambdaSeconds += endsAt - at;
    queue.push(endsAt, (ended) => {
      running -= 1;
      if ('outcome' in output) return publish(task, output.outcome === 'Completed', ended);
      transition(ended);
      const waitingAt = transition(ended);
      queue.push(waitingAt + output.delaySeconds, (woken) => enterFetch(task, 0, woken));
      return undefined;
    });
  }

  function publish({ readyAt }: RunningTask, isCompleted: boolean, at: number): void {
    transition(at);
    const publishedAt = transition(at);
    perSecond.putEvents.add(publishedAt);
    ends.push(publishedAt);
    if (!isCompleted) {
      lost += 1;
      return;
    }
    for (let put = 0; put < PUTS_PER_TASK; put += 1) perSecond.s3Puts.add(at);
    delays.push(publishedAt - readyAt);
  }

  for (const arrival of arrivals) start(arrival);
  await queue.runAll();

  const tasks = arrivals.length;
  delays.sort((a, b) => a - b);
  ends.sort((a, b) => a - b);
  const usage = {
    stateTransitions: perSecond.stateTransitions.sum / tasks,
    invocations: invocations / tasks,
    lambdaSeconds: lambdaSeconds / tasks,
    recordReads: invocations / tasks,
    recordWrites: perSecond.tableWrites.sum / tasks,
    objectsPut: perSecond.s3Puts.sum / tasks,
    polls: perSecond.polls.sum / tasks,
  };
  return simulationSchema.parse({
    tasks,
    lost,
    untilNearlyAll: percentile(ends, 0.99),
    meanStartDelay: startDelays / tasks,
    meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / Math.max(1, delays.length),
    p99Delay: percentile(delays, 0.99),
    peakConcurrency,
    throttledInvocations,
    perTask: {
      polls: usage.polls,
      stateTransitions: usage.stateTransitions,
      lambdaSeconds: usage.lambdaSeconds,
      tableWrites: usage.recordWrites,
      partitionWrites: perSecond.partitionWrites.sum / tasks,
      usd: usdOf(usage),
    },
    peakPerSecond: Object.fromEntries(Object.entries(perSecond).map(([name, { peak }]) => [name, peak])),
    secondsOverPartitionQuota: perSecond.partitionWrites.secondsAbove(
      quotas.dynamodbPartitionWritesPerSecond,
    ),
  });
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
