import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expectSound, resetCanarySearch } from '../faults/cases/expect-sound.ts';
import type { FaultyCourier } from '../faults/layers/faulty-courier.ts';
import type { Collected } from '../support/courier.ts';
import type { Doors } from './doors.ts';
import { acceptedEnds, executionProblems, type TaskRun } from './judge-task.ts';
import type { Door, TaskPlan } from './task-plan.ts';
import { UNDECODABLE } from './vendor-course.ts';

/** A task that did not end as it must. */
export interface Offence {
  readonly taskId: string;
  readonly problem: string;
}

/** What came of tasks that ran together. */
export interface WaveResult {
  readonly offences: readonly Offence[];
  /** By outcome and reason, how many tasks. */
  readonly outcomes: readonly string[];
  readonly polls: number;
  /** Fetches that reached Aspose, by task. */
  readonly fetches: readonly number[];
  readonly executions: number;
  readonly events: number;
  /** Messages that were in dead-letter queues, all of which were redriven. */
  readonly redriven: number;
  /** Doors that took a task only once the faults were over. */
  readonly startedLate: number;
  readonly keptBytes: number;
}

export interface WaveOptions {
  readonly courier: FaultyCourier;
  readonly doors: Doors;
  readonly plans: readonly TaskPlan[];
  /** Gives faults from now on, or ends them. */
  readonly setFaulty: (faulty: boolean) => void;
}

/** Runs tasks together under faults, ends the faults, redrives what is in dead-letter queues, and judges every task. */
export async function runWave(options: WaveOptions): Promise<WaveResult> {
  const { courier, doors, plans, setFaulty } = options;
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
      deleteStatuses.set(taskId, await doors.cancel(taskId));
      return;
    }
    const [arn] = executionArns.get(taskId) ?? [];
    if (arn === undefined) return;
    stopped.add(taskId);
    await stack.stopExecution(arn);
  }

  const late: (readonly [Door, TaskPlan])[] = [];
  async function start(plan: TaskPlan): Promise<void> {
    courier.script(
      plan.taskId,
      plan.steps.map(({ answer }) => answer),
    );
    await clock.sleep(plan.startAfterSeconds * 1000);
    await Promise.all(
      plan.doors.map(async (door) => {
        if (!(await doors.start(door, plan))) late.push([door, plan]);
      }),
    );
  }

  setFaulty(true);
  await Promise.all(plans.flatMap((plan) => [start(plan), cancel(plan)]));
  await stack.settled();
  setFaulty(false);
  const startedLate = await Promise.all(late.map(([door, plan]) => doors.start(door, plan)));
  await stack.settled();
  const queues = await redriveQueues(courier);
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
  const result: WaveResult = {
    offences: [
      ...judged.flatMap(({ problems, plan: { taskId } }) => problems.map((problem) => ({ taskId, problem }))),
      ...startedLate.flatMap((taken, index) =>
        taken ? [] : [{ taskId: late[index]?.[1].taskId ?? '', problem: 'no door took it without faults' }],
      ),
      ...strays.map((taskId) => ({ taskId, problem: 'it belongs to no task of its wave' })),
      ...queues.flatMap(({ queue, left }) =>
        left === 0 ? [] : [{ taskId: queue, problem: `${left} messages could not be redriven` }],
      ),
    ],
    outcomes: judged.map(({ outcome }) => outcome),
    polls: judged.reduce((sum, { polls }) => sum + polls, 0),
    fetches: judged.map(({ fetches }) => fetches),
    executions: judged.reduce((sum, { executions }) => sum + executions, 0),
    events: judged.reduce((sum, { events }) => sum + events, 0),
    redriven: queues.reduce((sum, { found }) => sum + found, 0),
    startedLate: late.length,
    keptBytes: judged.reduce((sum, { keptBytes }) => sum + keptBytes, 0),
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
  const facts = {
    plan,
    outcome: [outcome ?? 'none', ...(reason === undefined ? [] : [reason])].join(', '),
    polls: record?.attempts ?? 0,
    fetches: courier.front.requestsFor(taskId).length,
    executions: run.executions.length,
    events: events.length,
    keptBytes: JSON.stringify([record, run.executions]).length,
  };
  const owner = run.executions.find(({ executionArn }) => executionArn === record?.executionArn);
  if (record === undefined || outcome === undefined || owner === undefined) {
    return { ...facts, problems: [`it has not ended: ${record?.status ?? 'there is no record'}`] };
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
      // Storing was begun, and could never be completed.
      ...((outcome === 'Cancelled' || reason === 'InternalError' || undecodable) && { leftovers: true }),
    });
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return { ...facts, problems };
}

/** What an operator does once the faults are over. */
async function redriveQueues({ stack }: FaultyCourier) {
  const sqs = new SQSClient(stack.clientConfig('sqs'));
  async function messagesIn(queue: string): Promise<number> {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: stack.outputs[`${queue}QueueUrl`], AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } = Attributes;
    return Number(waiting) + Number(taken);
  }
  const queues = [];
  for (const queue of ['RefusedSubmissions', 'UnclosedTasks']) {
    const found = await messagesIn(queue);
    await stack.drainQueue(stack.outputs[`${queue}Redrive`] ?? '');
    await stack.settled();
    queues.push({ queue, found, left: await messagesIn(queue) });
  }
  sqs.destroy();
  return queues;
}

/** Judged, they are in the way of measuring memory. @returns the keys among them that belong to no task of the wave */
export async function deleteDocuments(
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
