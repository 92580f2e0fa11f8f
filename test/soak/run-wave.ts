import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import { expectSound, forgetAll } from '../faults/cases/expect-sound.ts';
import { ACCEPTED } from '../faults/cases/image-case.ts';
import type { FaultyCourier } from '../faults/layers/faulty-courier.ts';
import { openBatches, type SettledBatch } from '../support/batches.ts';
import type { Collected } from '../support/courier.ts';
import { openInbox } from '../support/inbox.ts';
import { acceptedEnds, executionProblems, type TaskRun } from './accepted-ends.ts';
import { type BatchPlan, planBatch } from './batch-plan.ts';
import { batchProblems } from './judge-batch.ts';
import { UNDECODABLE } from './response-sequence.ts';
import type { RetryingClients } from './retrying-clients.ts';
import type { TaskPlan } from './task-plan.ts';

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
  /** The outcomes of batches. */
  readonly batches: readonly string[];
  /** Messages that were found in dead-letter queues and redriven. */
  readonly redriven: number;
  /** Starts that succeeded only after the faults had ended. */
  readonly startedLate: number;
}

export interface WaveOptions {
  readonly courier: FaultyCourier;
  readonly clients: RetryingClients;
  readonly plans: readonly TaskPlan[];
  /** @default 1 */
  readonly seed?: number;
  /** Starts or ends the injection of faults. */
  readonly setFaulty: (faulty: boolean) => void;
}

/** Runs tasks under faults, ends the faults, redrives queues, sweeps, and judges each task. */
export async function runWave(options: WaveOptions): Promise<WaveResult> {
  const { courier, clients, plans, seed = 1, setFaulty } = options;
  const { stack, clock } = courier;
  const batches = openBatches(courier);
  const batch = planBatch(seed, plans);
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

  const failedStarts: { readonly subject: string; readonly start: () => Promise<boolean> }[] = [];
  async function startOrNote(subject: string, begin: () => Promise<boolean>): Promise<void> {
    if (!(await begin())) failedStarts.push({ subject, start: begin });
  }
  async function start(plan: TaskPlan): Promise<void> {
    const responses = plan.steps.map(({ response }) => response);
    courier.script(plan.taskId, responses);
    await clock.sleep(plan.startAfterSeconds * 1000);
    await Promise.all(
      plan.entryPoints.map(async (entryPoint) => {
        if (entryPoint === 'POST /batches') return;
        await startOrNote(`${plan.taskId} (${entryPoint})`, () => clients.start(entryPoint, plan));
      }),
    );
  }
  async function startBatch(plan: BatchPlan): Promise<void> {
    courier.simulator.scriptUploads([ACCEPTED]);
    const inbox = openInbox(courier);
    await Promise.all(plan.imageKeys.map((key) => inbox.put(key)));
    await clock.sleep(plan.startAfterSeconds * 1000);
    await startOrNote(plan.batchId, () => clients.startBatch(plan));
    if (plan.cancelledAfterSeconds === undefined) return;
    await clock.sleep(plan.cancelledAfterSeconds * 1000);
    await clients.cancelBatch(plan.batchId);
  }

  setFaulty(true);
  await Promise.all([
    ...plans.flatMap((plan) => [start(plan), cancel(plan)]),
    ...(batch === undefined ? [] : [startBatch(batch)]),
  ]);
  await stack.settled();
  setFaulty(false);
  const startedLate = await Promise.all(failedStarts.map(({ start: begin }) => begin()));
  await stack.settled();
  const queues = await redriveQueues(courier);
  await courier.sweep();
  await stack.settled();
  stopListening();

  const settledBatch = batch && (await batches.settle(batch.batchId));
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
        ...(batch?.tasks.includes(plan) && {
          batch: { isCancelled: batch.cancelledAfterSeconds !== undefined },
        }),
        ...(deleteStatus !== undefined && { deleteStatus }),
      };
      return await judge(courier, plan, run, settledBatch);
    }),
  );
  const problemsOfBatch = batch && settledBatch ? await batchProblems(courier, batch, settledBatch) : [];
  const strays = await deleteDocuments(courier, plans, settledBatch);
  const violation = (subject: string, problem: string): Violation => ({ subject, problem });
  const result: WaveResult = {
    violations: [
      ...judged.flatMap(({ problems, plan }) => problems.map((problem) => violation(plan.taskId, problem))),
      ...failedStarts
        .filter((_, index) => startedLate[index] !== true)
        .map(({ subject }) => violation(subject, 'its start fails without faults, too')),
      ...problemsOfBatch.map((problem) => violation(batch?.batchId ?? '', problem)),
      ...strays.map((key) => violation(key, 'it belongs to no task of its wave')),
      ...queues
        .filter(({ left }) => left > 0)
        .map(({ queue, left }) => violation(queue, `${left} messages could not be redriven`)),
    ],
    tasks: judged.map(({ facts }) => facts),
    batches: settledBatch === undefined ? [] : [settledBatch.record?.outcome ?? 'none'],
    redriven: queues.reduce((sum, { found }) => sum + found, 0),
    startedLate: failedStarts.length,
  };
  for (const { taskId } of plans) courier.simulator.forgetScript(taskId);
  forgetAll(courier);
  return result;
}

async function judge(courier: FaultyCourier, plan: TaskPlan, run: TaskRun, batch: SettledBatch | undefined) {
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
  const line = batch?.lines.find((found) => found.taskId === taskId);
  if (record === undefined && run.batch?.isCancelled && line?.outcome === 'NotStarted')
    return { plan, facts: { ...facts, outcome: line.outcome }, problems: [] };
  const owners: readonly (Execution | undefined)[] = [...run.executions, batch?.execution];
  const owner = owners.find((execution) => execution?.executionArn === record?.executionArn);
  if (record === undefined || outcome === undefined || owner === undefined) {
    return { plan, facts, problems: [`it has not ended: ${record?.status ?? 'there is no record'}`] };
  }
  const accepted = acceptedEnds(plan, run);
  const problems = executionProblems({ record }, run);
  if (!accepted.some((end) => end.outcome === outcome && end.reason === reason)) {
    const expected = accepted.map((end) => `${end.outcome} ${end.reason ?? ''}`.trim()).join(' or ');
    problems.push(`it ended as ${facts.outcome}; accepted: ${expected}`);
  }
  if (events.length === 0 && !wasStoppedUnnoticed(courier, owner))
    problems.push('there is no terminal event');
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

/**
 * Whether the status-change event of a stopped execution is lost. Stopped between the record of an
 * outcome and its event, it leaves a task without an event: row O13 of docs/design/faults.md.
 */
function wasStoppedUnnoticed({ events }: FaultyCourier, { status, executionArn }: Execution): boolean {
  const isReported = events.some(
    ({ source, detail }) =>
      source === 'aws.states' &&
      Object(detail).executionArn === executionArn &&
      Object(detail).status === status,
  );
  return status === 'ABORTED' && !isReported;
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
  courier: FaultyCourier,
  plans: readonly TaskPlan[],
  batch: SettledBatch | undefined,
): Promise<string[]> {
  const { stack } = courier;
  const s3 = new S3Client(stack.clientConfig('s3'));
  const Bucket = stack.resource('AWS::S3::Bucket').name;
  const found = await courier.keys();
  await Promise.all(found.map((Key) => s3.send(new DeleteObjectCommand({ Bucket, Key }))));
  s3.destroy();
  const folders = new Set(plans.map(({ input: { operation, taskId } }) => `results/${operation}/${taskId}`));
  for (const { imageId } of batch?.lines ?? []) {
    const image = imageId === undefined ? undefined : await openInbox(courier).images.read(imageId);
    for (const taskId of image?.taskIds ?? []) folders.add(`results/RecognizeImage/${taskId}`);
  }
  return found.filter((key) => {
    const [area = '', ofBatch] = key.split('/');
    if (['batches', 'images'].includes(area) && ofBatch === batch?.batchId) return false;
    return !folders.has(key.slice(0, key.lastIndexOf('/')));
  });
}
