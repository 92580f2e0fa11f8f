import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expectSound, resetCanarySearch } from '../faults/cases/expect-sound.ts';
import type { FaultyCourier } from '../faults/layers/faulty-courier.ts';
import type { Collected } from '../support/courier.ts';
import { acceptedEnds, executionProblems, type TaskRun } from './accepted-ends.ts';
import { UNDECODABLE } from './response-sequence.ts';
import type { RetryingClients } from './retrying-clients.ts';
import type { EntryPoint, TaskPlan } from './task-plan.ts';

/** A requirement that a task did not meet. */
export interface Violation {
  /** The task's id, or the key or queue that has the problem. */
  readonly subject: string;
  readonly problem: string;
}

/** Facts about a task after its wave. */
export interface TaskFacts {
  /** With its reason. */
  readonly outcome: string;
  readonly polls: number;
  /** The number of fetches that reached Aspose. */
  readonly fetches: number;
  readonly executions: number;
  readonly events: number;
}

/** The result of tasks that ran at the same time. */
export interface WaveResult {
  readonly violations: readonly Violation[];
  /** In the order of the plans. */
  readonly tasks: readonly TaskFacts[];
  /** Messages that were found in dead-letter queues and redriven. */
  readonly redriven: number;
  /** Starts that succeeded only after the faults had ended. */
  readonly startedLate: number;
}

export interface WaveOptions {
  readonly courier: FaultyCourier;
  readonly clients: RetryingClients;
  readonly plans: readonly TaskPlan[];
  /** Starts or ends the injection of faults. */
  readonly setFaulty: (faulty: boolean) => void;
}

/** Runs tasks under faults, ends the faults, redrives queues, sweeps, and judges each task. */
export async function runWave(options: WaveOptions): Promise<WaveResult> {
  const { courier, clients, plans, setFaulty } = options;
  const { stack, clock } = courier;
  const executionArns = new Map<string, Set<string>>();
  const deleteStatuses = new Map<string, number>();
  const stopped = new Set<string>();
  const stopListening = stack.onEvent(({ source, detail }) => {
    if (source !== 'aws.states') return;
    const { input, executionArn } = Object(detail);
    const { taskId } = JSON.parse(String(input));
    const known = executionArns.get(taskId) ?? new Set();
    executionArns.set(taskId, known.add(String(executionArn)));
  });

  async function cancel({ taskId, cancellation, startAfterSeconds }: TaskPlan): Promise<void> {
    if (cancellation === undefined) return;
    await clock.sleep((startAfterSeconds + cancellation.afterSeconds) * 1000);
    if (cancellation.by === 'DELETE') {
      deleteStatuses.set(taskId, await clients.cancel(taskId));
      return;
    }
    const [arn] = executionArns.get(taskId) ?? [];
    if (arn === undefined) return;
    stopped.add(taskId);
    await stack.stopExecution(arn);
  }

  const failedStarts: (readonly [EntryPoint, TaskPlan])[] = [];
  async function start(plan: TaskPlan): Promise<void> {
    const responses = plan.steps.map(({ response }) => response);
    courier.script(plan.taskId, responses);
    await clock.sleep(plan.startAfterSeconds * 1000);
    await Promise.all(
      plan.entryPoints.map(async (entryPoint) => {
        if (!(await clients.start(entryPoint, plan))) failedStarts.push([entryPoint, plan]);
      }),
    );
  }

  setFaulty(true);
  await Promise.all(plans.flatMap((plan) => [start(plan), cancel(plan)]));
  await stack.settled();
  setFaulty(false);
  const startedLate = await Promise.all(
    failedStarts.map(([entryPoint, plan]) => clients.start(entryPoint, plan)),
  );
  await stack.settled();
  const queues = await redriveQueues(courier);
  await courier.sweep();
  await stack.settled();
  stopListening();

  const judged = await Promise.all(
    plans.map(async (plan) => {
      const { taskId } = plan;
      const executions = await Promise.all(
        [...(executionArns.get(taskId) ?? [])].map((arn) => stack.executionEnded(arn)),
      );
      const deleteStatus = deleteStatuses.get(taskId);
      const run = {
        executions,
        stopped: stopped.has(taskId),
        ...(deleteStatus !== undefined && { deleteStatus }),
      };
      return await judge(courier, plan, run);
    }),
  );
  const strays = await deleteDocuments(courier, plans);
  const violation = (subject: string, problem: string): Violation => ({ subject, problem });
  const result: WaveResult = {
    violations: [
      ...judged.flatMap(({ problems, plan }) => problems.map((problem) => violation(plan.taskId, problem))),
      ...failedStarts
        .filter((_, index) => startedLate[index] !== true)
        .map(([entryPoint, { taskId }]) => violation(taskId, `${entryPoint} fails without faults, too`)),
      ...strays.map((key) => violation(key, 'it belongs to no task of its wave')),
      ...queues
        .filter(({ left }) => left > 0)
        .map(({ queue, left }) => violation(queue, `${left} messages could not be redriven`)),
    ],
    tasks: judged.map(({ facts }) => facts),
    redriven: queues.reduce((sum, { found }) => sum + found, 0),
    startedLate: failedStarts.length,
  };
  for (const { taskId } of plans) courier.simulator.forgetScript(taskId);
  courier.forget();
  resetCanarySearch(courier);
  return result;
}

async function judge(courier: FaultyCourier, plan: TaskPlan, run: TaskRun) {
  const { taskId, input, documents } = plan;
  const record = await courier.records.read(taskId);
  const events = courier.eventsOf(taskId);
  const { outcome, reason } = record ?? {};
  const facts: TaskFacts = {
    outcome: [outcome ?? 'none', ...(reason === undefined ? [] : [reason])].join(', '),
    polls: record?.attempts ?? 0,
    fetches: courier.front.requestsFor(taskId).length,
    executions: run.executions.length,
    events: events.length,
  };
  const owner = run.executions.find(({ executionArn }) => executionArn === record?.executionArn);
  if (record === undefined || outcome === undefined || owner === undefined) {
    return { plan, facts, problems: [`it has not ended: ${record?.status ?? 'there is no record'}`] };
  }
  const accepted = acceptedEnds(plan, run);
  const problems = executionProblems({ record }, run);
  if (!accepted.some((end) => end.outcome === outcome && end.reason === reason)) {
    const expected = accepted.map((end) => `${end.outcome} ${end.reason ?? ''}`.trim()).join(' or ');
    problems.push(`it ended as ${facts.outcome}; accepted: ${expected}`);
  }
  if (events.length === 0) problems.push('there is no terminal event');
  const collected: Collected = { execution: owner, events, record };
  const undecodable = reason === 'UndecodableResult';
  try {
    await expectSound(courier, input, collected, {
      outcome,
      ...(reason !== undefined && { reason }),
      documents: outcome === 'Completed' ? documents : undecodable ? [null] : [],
      ...(undecodable && { undecoded: { 0: UNDECODABLE } }),
      execution: {},
      events: events.length,
      // These ends may leave documents of a store operation that could not complete.
      ...((outcome === 'Cancelled' || reason === 'InternalError' || undecodable) && { leftovers: true }),
    });
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return { plan, facts, problems };
}

/** Redrives dead-letter queues, as an operator does after the faults. */
async function redriveQueues({ stack }: FaultyCourier) {
  const sqs = new SQSClient(stack.clientConfig('sqs'));
  async function countMessages(queue: string): Promise<number> {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: stack.outputs[`${queue}QueueUrl`], AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: received } =
      Attributes;
    return Number(visible) + Number(received);
  }
  const queues = [];
  for (const queue of ['RefusedSubmissions', 'UnclosedTasks']) {
    const found = await countMessages(queue);
    await stack.drainQueue(stack.outputs[`${queue}Redrive`] ?? '');
    await stack.settled();
    queues.push({ queue, found, left: await countMessages(queue) });
  }
  sqs.destroy();
  return queues;
}

/**
 * Deletes all documents after a wave, so that the next wave finds only its own.
 *
 * @returns the keys that belong to no task of the wave
 */
async function deleteDocuments(
  { stack, keys }: FaultyCourier,
  plans: readonly TaskPlan[],
): Promise<string[]> {
  const s3 = new S3Client(stack.clientConfig('s3'));
  const Bucket = stack.resource('AWS::S3::Bucket').name;
  const found = await keys();
  await Promise.all(found.map((Key) => s3.send(new DeleteObjectCommand({ Bucket, Key }))));
  s3.destroy();
  const folders = new Set(plans.map(({ input: { operation, taskId } }) => `results/${operation}/${taskId}`));
  return found.filter((key) => !folders.has(key.slice(0, key.lastIndexOf('/'))));
}
