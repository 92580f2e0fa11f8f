import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionDoesNotExist,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, inject } from 'vitest';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import type { MiniStackLimit } from '../ministack-limits.ts';
import { until } from '../until.ts';
import { dynamoDb, eventBridge, stepFunctions } from './aws-clients.ts';
import { deleteDocuments, readObject, type StoredObject } from './documents.ts';
import { signedFetch } from './signed-fetch.ts';
import { type DeliveredEvent, subscribe } from './subscription.ts';
import { takeMessage } from './take-message.ts';
import { openSuiteVendor } from './vendor.ts';

/** Real time passes: the first poll at once, and then the shortest gaps there are. */
export const QUICKLY = { preset: 'eager', firstPollDelaySeconds: 0 } as const;

/** Most tests need answers that only the simulator gives; some need a vendor that recognises an image; the rest none. */
const { outputs, vendor, onMiniStack } = inject('deployment');
export const SCRIPTED = vendor.kind === 'simulator';
export const RECOGNISING = vendor.kind !== 'none';

/** Whether the emulator answers otherwise than AWS there, so that the test would show its fault, not ours. */
export function wrongHere(_limit: MiniStackLimit): boolean {
  return onMiniStack;
}

/** The longest gap between polls of a task as young as ours, and some more. */
const LAST_POLL_MILLISECONDS = 6000;

/** What the API answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** A deployed courier, as its users have it: by its outputs. */
export interface DeployedCourier {
  /** A new task with these answers. @returns its id */
  task(...answers: readonly ScriptedResponse[]): string;
  /** Submits the sample letter. @returns its task's id */
  submitLetter(): Promise<string>;
  pollsOf(taskId: string): number;
  /** Waits until a task has been asked for. */
  polled(taskId: string): Promise<void>;
  start(input: object): Promise<string>;
  stop(executionArn: string): Promise<void>;
  /** Waits for an execution's end. */
  ended(executionArn: string): Promise<DescribeExecutionOutput>;
  collect(input: object): Promise<DescribeExecutionOutput>;
  call(method: string, path: string, body?: object): Promise<ApiAnswer>;
  /** Where the API is, without a slash at its end. */
  readonly apiUrl: string;
  publishSubmitted(detail: object): Promise<void>;
  /** The task's item, as it is. */
  record(taskId: string): Promise<Record<string, unknown> | undefined>;
  /** Waits until the record has an outcome. */
  closedRecord(taskId: string): Promise<Record<string, unknown>>;
  /** Waits for the first event of a task. @returns all so far */
  eventsOf(taskId: string): Promise<readonly DeliveredEvent[]>;
  /** Waits for a message in the queue of refused submissions that holds the text. @returns its body; it is deleted */
  refusedSubmission(text: string): Promise<unknown>;
  object(key: string): Promise<StoredObject>;
  output(name: string): string;
}

/** The courier of all tests. What they made is deleted after them. */
export const courier: DeployedCourier = await openCourier();

async function openCourier(): Promise<DeployedCourier> {
  const made = new AsyncDisposableStack();
  afterAll(() => made.disposeAsync());
  const suiteVendor = made.use(await openSuiteVendor(vendor));
  const subscription = made.use(await subscribe(output('EventBusName')));

  const taskIds = new Set<string>();
  const executionArns = new Set<string>();
  const begun = new Map<string, Promise<unknown>>();
  let ending = false;
  made.defer(async () => {
    ending = true;
    await Promise.allSettled(begun.values());
    await Promise.all([...executionArns].map(stopIfRunning));
    // What was under way when it was stopped may still write a record once.
    for (let again = true; again; ) {
      const fresh = await Promise.all([...taskIds].map(forget));
      again = fresh.some((found) => found);
      if (again) await sleep(LAST_POLL_MILLISECONDS);
    }
  });

  /** Whatever may make a record: a test that was cancelled goes on in the background, and must begin nothing any more. */
  async function begin<T>(input: object, work: () => Promise<T>): Promise<T> {
    if (ending) throw new Error('The tests are over.');
    const taskId = String(Object(input).taskId);
    const working = work();
    begun.set(taskId, Promise.allSettled([begun.get(taskId), working]));
    return await working;
  }

  async function record(taskId: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await dynamoDb.send(
      new GetItemCommand({
        TableName: output('TaskTableName'),
        Key: { taskId: { S: taskId } },
        ConsistentRead: true,
      }),
    );
    return Item && unmarshall(Item);
  }

  async function closedRecord(taskId: string): Promise<Record<string, unknown>> {
    return await until(`the end of ${taskId}`, { seconds: 120 }, async () => {
      const item = await record(taskId);
      return item?.['outcome'] === undefined ? undefined : item;
    });
  }

  /** Ends a task, if it has not ended, and deletes what there is of it. @returns whether it had only just ended */
  async function forget(taskId: string): Promise<boolean> {
    const found = await record(taskId);
    if (found === undefined) return false;
    const open = found['outcome'] === undefined;
    // An open record of an execution that has ended is one that its last poll made anew.
    const stopped = open && (await stopIfRunning(String(found['executionArn'])));
    const { operation, completedAt } = stopped ? await closedRecord(taskId) : found;
    await deleteDocuments(output('ResultsBucketName'), String(operation), taskId);
    await dynamoDb.send(
      new DeleteItemCommand({ TableName: output('TaskTableName'), Key: { taskId: { S: taskId } } }),
    );
    return open || Date.now() - Date.parse(String(completedAt)) < LAST_POLL_MILLISECONDS;
  }

  async function start(input: object): Promise<string> {
    return await begin(input, async () => {
      const { executionArn = '' } = await stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: output('StateMachineArn'),
          input: JSON.stringify(input),
        }),
      );
      executionArns.add(executionArn);
      return executionArn;
    });
  }

  async function ended(executionArn: string): Promise<DescribeExecutionOutput> {
    return await until(`the end of ${executionArn}`, { seconds: 120 }, async () => {
      const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status === 'RUNNING' ? undefined : execution;
    });
  }

  return {
    task(...answers) {
      const taskId = `e2e-${crypto.randomUUID()}`;
      suiteVendor.script(taskId, answers);
      taskIds.add(taskId);
      return taskId;
    },
    async submitLetter() {
      const taskId = await suiteVendor.submitLetter();
      taskIds.add(taskId);
      return taskId;
    },
    pollsOf: (taskId) => suiteVendor.pollsOf(taskId),
    async polled(taskId) {
      await until(
        `a poll of ${taskId}`,
        { seconds: 60 },
        async () => suiteVendor.pollsOf(taskId) > 0 || undefined,
      );
    },
    start,
    async stop(executionArn) {
      await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    },
    ended,
    collect: async (input) => await ended(await start(input)),
    apiUrl: apiUrl(),
    async call(method, path, body) {
      const url = `${apiUrl()}${path}`;
      const send = () => signedFetch(url, method, body && JSON.stringify(body));
      const answer = await (body === undefined ? send() : begin(body, send));
      const text = await answer.text();
      const json = text !== '' && answer.headers.get('content-type')?.includes('json') === true;
      return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
    },
    async publishSubmitted(detail) {
      const entry = {
        EventBusName: output('EventBusName'),
        Source: 'ocr-courier.e2e',
        DetailType: 'OCR Task Submitted',
        Detail: JSON.stringify(detail),
      };
      const { FailedEntryCount } = await begin(detail, () =>
        eventBridge.send(new PutEventsCommand({ Entries: [entry] })),
      );
      if (FailedEntryCount !== 0) throw new Error('EventBridge did not take the event.');
    },
    record,
    closedRecord,
    eventsOf: (taskId) => subscription.eventsOf(taskId),
    refusedSubmission: (text) => takeMessage(output('RefusedSubmissionsQueueUrl'), text),
    object: (key) => readObject(output('ResultsBucketName'), key),
    output,
  };
}

function output(name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`The stack has no output ${name}: is it a courier?`);
  return value;
}

/** MiniStack's own address of an API is a host that need not resolve; it has another, by path. */
function apiUrl(): string {
  const url = output('ApiUrl');
  const [, apiId] = /^http:\/\/([^.]+)\.execute-api\.localhost/.exec(url) ?? [];
  return apiId === undefined ? url : `${process.env['AWS_ENDPOINT_URL']}/_aws/execute-api/${apiId}/$default`;
}

/** An execution that has ended meanwhile, or never was, needs no stopping. @returns whether it was stopped */
async function stopIfRunning(executionArn: string): Promise<boolean> {
  try {
    const { status } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return false;
    await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}
