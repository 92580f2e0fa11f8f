import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  type DescribeExecutionOutput,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, inject } from 'vitest';
import { z } from 'zod';
import { BATCHES_PREFIX, batchKeys } from '../../../functions/contracts/batch-keys.ts';
import { batchResultSchema } from '../../../functions/contracts/batch-record.ts';
import { type ImageSource, INBOX_PREFIX } from '../../../functions/contracts/image-input.ts';
import type { OperationName } from '../../../functions/contracts/operations.ts';
import { imageIdOf } from '../../../functions/core/image-identity.ts';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import type { ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { until } from '../../support/until.ts';
import type { MiniStackLimit } from '../ministack/limits.ts';
import { dynamoDb, eventBridge, stepFunctions } from './aws-clients.ts';
import { executionEnd, stopIfRunning } from './execution-end.ts';
import { signedFetch } from './signed-fetch.ts';
import {
  deleteBelow,
  deleteDocuments,
  deleteObject,
  putObject,
  readObject,
  type StoredObject,
} from './stored-objects.ts';
import { type DeliveredEvent, subscribe } from './subscription.ts';
import { openSuiteVendor } from './suite-vendor.ts';
import { takeMessage } from './take-message.ts';

/** Keeps tests short: polls immediately, then with the shortest gaps. */
export const EAGER_POLLING = { preset: 'eager', firstPollDelaySeconds: 0 } as const;

const { outputs, vendor, onMiniStack } = inject('deployment');

/** Whether tests can set Aspose's responses, which requires the simulator. */
export const CAN_SCRIPT = vendor.kind === 'simulator';
/** Whether tests can submit an image for recognition. */
export const CAN_RECOGNIZE = vendor.kind !== 'none';

/** Whether to skip a test that this limit of MiniStack would fail. */
export function isSkipped(_limit: MiniStackLimit): boolean {
  return onMiniStack;
}

/** More than the longest gap between polls of the young tasks in these tests. */
const LAST_POLL_MILLISECONDS = 6000;

/** A cancelled batch ends within a minute or two, and a refused one within two on MiniStack. */
const BATCH_PATIENCE = { seconds: 240, everyMilliseconds: 1000 };

const endedBatchSchema = z.looseObject({ outcome: z.string() });

/** A response of the HTTP API. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if it is JSON, otherwise a string. */
  readonly body: unknown;
}

/** An image that was uploaded to the inbox. */
export interface InboxImage {
  readonly imageId: string;
  readonly source: ImageSource;
}

/** How a file is recognized. */
export interface InboxOptions {
  readonly operation: OperationName;
  /** Becomes metadata of the object. @default - none */
  readonly settings?: Readonly<Record<string, string>>;
  readonly correlation?: string;
}

/** A deployed courier, which tests use through the stack's outputs. */
export interface DeployedCourier {
  /** Creates a task with these responses; the last one repeats. @returns its id */
  createTask(...responses: readonly ScriptedResponse[]): string;
  /** Submits the sample letter. @returns the task id */
  submitLetter(): Promise<string>;
  pollsOf(taskId: string): number;
  /** Waits for the first poll of a task. */
  polled(taskId: string): Promise<void>;
  start(input: object): Promise<string>;
  stop(executionArn: string): Promise<void>;
  /** Waits for the end of an execution. */
  ended(executionArn: string): Promise<DescribeExecutionOutput>;
  collect(input: object): Promise<DescribeExecutionOutput>;
  call(
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ApiResponse>;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  publishSubmitted(detail: object): Promise<void>;
  /** Sets what happens to uploads for an operation. */
  scriptUploads(operation: OperationName, ...uploads: readonly ScriptedUpload[]): void;
  /** Uploads a file to the inbox, which starts its recognition. */
  uploadToInbox(fileName: string, content: Buffer, options: InboxOptions): Promise<InboxImage>;
  /** Deletes an image after the tests that `uploadToInbox` did not create. */
  adopt(image: InboxImage): void;
  /** Starts an execution that recognizes an image, and waits for its end. */
  recognize(input: object): Promise<DescribeExecutionOutput>;
  /** Waits until the image is done or refused. @returns its item */
  endedImage(imageId: string): Promise<Record<string, unknown>>;
  /** Waits for the first event of an image. @returns all of its events so far */
  eventsOfImage(imageId: string): Promise<readonly DeliveredEvent[]>;
  /** Deletes a batch after the tests, with its tasks and images. */
  adoptBatch(batchId: string): void;
  /** Stores an object, which is deleted after the tests. */
  store(key: string, content: Buffer): Promise<void>;
  /** Waits for the end of a batch. @returns what the API shows of it */
  endedBatch(batchId: string): Promise<Record<string, unknown>>;
  /** Waits for the event that ends a batch. @returns all such events so far */
  eventsOfBatch(batchId: string): Promise<readonly DeliveredEvent[]>;
  /** Reads the task's item. */
  record(taskId: string): Promise<Record<string, unknown> | undefined>;
  /** Waits until the record has an outcome. */
  closedRecord(taskId: string): Promise<Record<string, unknown>>;
  /** Waits for the first event of a task. @returns all of its events so far */
  eventsOf(taskId: string): Promise<readonly DeliveredEvent[]>;
  /**
   * Takes the message that contains the text from the refused-submissions queue.
   *
   * @returns its body
   */
  refusedSubmission(text: string): Promise<unknown>;
  object(key: string): Promise<StoredObject>;
  output(name: string): string;
}

/** The courier that all tests share. Everything that they create is deleted after the last test. */
export const courier: DeployedCourier = await openCourier();

async function openCourier(): Promise<DeployedCourier> {
  const cleanup = new AsyncDisposableStack();
  afterAll(() => cleanup.disposeAsync());
  const suiteVendor = cleanup.use(await openSuiteVendor(vendor));
  const subscription = cleanup.use(await subscribe(output('EventBusName')));

  const taskIds = new Set<string>();
  const images = new Map<string, ImageSource>();
  const batchIds = new Set<string>();
  const storedKeys = new Set<string>();
  const executionArns = new Set<string>();
  const pendingStarts = new Map<string, Promise<unknown>>();
  let ending = false;
  cleanup.defer(async () => {
    ending = true;
    await Promise.allSettled(pendingStarts.values());
    // One after the other, because the rate of DescribeExecution is limited.
    for (const executionArn of executionArns) await stopIfRunning(executionArn);
    for (const batchId of batchIds) await deleteBatch(batchId);
    for (const key of storedKeys) await deleteObject(output('ResultsBucketName'), key);
    for (const [imageId, source] of images) await deleteImage(imageId, source);
    // A poll that was running when its execution stopped may still write a record.
    while ((await Promise.all([...taskIds].map(deleteTask))).includes(true)) {
      await sleep(LAST_POLL_MILLISECONDS);
    }
  });

  /**
   * Sends a request that may create a record. Cleanup waits for such requests, and refuses new
   * ones: a canceled test continues in the background.
   */
  async function sendStart<T>(input: object, send: () => Promise<T>): Promise<T> {
    if (ending) throw new Error('The tests are over.');
    const taskId = String(Object(input).taskId);
    const sent = send();
    pendingStarts.set(taskId, Promise.allSettled([pendingStarts.get(taskId), sent]));
    return await sent;
  }

  /** @param key of a task, `image#` and the id of an image, or `batch#` and that of a batch */
  async function record(key: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await dynamoDb.send(
      new GetItemCommand({
        TableName: output('TaskTableName'),
        Key: { taskId: { S: key } },
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

  const imageKey = (imageId: string) => `image#${imageId}`;

  async function endedImage(imageId: string): Promise<Record<string, unknown>> {
    return await until(`the end of image ${imageId}`, { seconds: 240 }, async () => {
      const item = await record(imageKey(imageId));
      return item?.['state'] === 'Done' || item?.['state'] === 'Refused' ? item : undefined;
    });
  }

  const batchKey = (batchId: string) => `batch#${batchId}`;

  async function endedBatchRecord(batchId: string): Promise<Record<string, unknown>> {
    return await until(`the end of batch ${batchId}`, BATCH_PATIENCE, async () => {
      const item = await record(batchKey(batchId));
      return item?.['terminalEvent'] === 'Published' ? item : undefined;
    });
  }

  /** Ends a batch, deletes it, and leaves its tasks and images to the rest of the cleanup. */
  async function deleteBatch(batchId: string): Promise<void> {
    const found = await record(batchKey(batchId));
    if (found === undefined) return;
    if (found['outcome'] === undefined) await stopIfRunning(String(found['executionArn']));
    await endedBatchRecord(batchId);
    const bucket = output('ResultsBucketName');
    const lines = await readObject(bucket, batchKeys(batchId).lines).catch(() => undefined);
    for (const line of lines?.bytes.toString().trimEnd().split('\n') ?? []) {
      const { taskId, imageId, source } = batchResultSchema.parse(JSON.parse(line));
      if (taskId !== undefined) taskIds.add(taskId);
      if (imageId !== undefined && source !== undefined) images.set(imageId, source);
    }
    await deleteBelow(bucket, `${BATCHES_PREFIX}${batchId}/`);
    // The counts of its first 500 chunks.
    for (const key of [batchKey(batchId), `${batchKey(batchId)}#0`]) await deleteRecord(key);
  }

  /** Ends an image, deletes it, and leaves its tasks to `deleteTask`. */
  async function deleteImage(imageId: string, { bucket, key }: ImageSource): Promise<void> {
    const found = await record(imageKey(imageId));
    const { executionArn } = found ?? {};
    const stopped = typeof executionArn === 'string' && (await stopIfRunning(executionArn));
    const ended = stopped ? await endedImage(imageId) : found;
    for (const taskId of z.array(z.string()).parse(ended?.['taskIds'] ?? [])) taskIds.add(taskId);
    await deleteObject(bucket, key);
    await deleteRecord(imageKey(imageId));
  }

  async function deleteRecord(key: string): Promise<void> {
    await dynamoDb.send(
      new DeleteItemCommand({ TableName: output('TaskTableName'), Key: { taskId: { S: key } } }),
    );
  }

  /** Ends a task and deletes its data. @returns whether its last poll may still write a record */
  async function deleteTask(taskId: string): Promise<boolean> {
    const found = await record(taskId);
    if (found === undefined) return false;
    const open = found['outcome'] === undefined;
    // If the execution has ended, its last poll wrote this open record after an earlier deletion.
    const stopped = open && (await stopIfRunning(String(found['executionArn'])));
    const { operation, completedAt } = stopped ? await closedRecord(taskId) : found;
    await deleteDocuments(output('ResultsBucketName'), String(operation), taskId);
    await deleteRecord(taskId);
    return open || Date.now() - Date.parse(String(completedAt)) < LAST_POLL_MILLISECONDS;
  }

  async function call(
    method: string,
    path: string,
    body?: object,
    ownHeaders: Readonly<Record<string, string>> = {},
  ): Promise<ApiResponse> {
    const url = `${apiUrl()}${path}`;
    const send = () => signedFetch(url, method, body && JSON.stringify(body), ownHeaders);
    const response = await (body === undefined ? send() : sendStart(body, send));
    const { status, headers } = response;
    const text = await response.text();
    const isJson = text !== '' && headers.get('content-type')?.includes('json') === true;
    return { status, headers, body: isJson ? JSON.parse(text) : text };
  }

  async function start(input: object, machine = 'StateMachineArn'): Promise<string> {
    return await sendStart(input, async () => {
      const { executionArn = '' } = await stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: output(machine),
          input: JSON.stringify(input),
        }),
      );
      executionArns.add(executionArn);
      return executionArn;
    });
  }

  return {
    createTask(...responses) {
      const taskId = `e2e-${crypto.randomUUID()}`;
      suiteVendor.script(taskId, responses);
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
    scriptUploads: (operation, ...uploads) => suiteVendor.scriptUploads(operation, uploads),
    async uploadToInbox(fileName, content, { operation, settings, correlation }) {
      const key = `${INBOX_PREFIX}${operation}/e2e ${crypto.randomUUID()}/${fileName}`;
      const metadata = {
        ...Object.fromEntries(Object.entries(settings ?? {}).map(([name, value]) => [`ocr-${name}`, value])),
        ...(correlation !== undefined && { 'ocr-correlation': correlation }),
      };
      return await sendStart({}, async () => {
        const source = await putObject(output('ResultsBucketName'), key, content, metadata);
        const imageId = await imageIdOf({ source, operation, settings, generation: 1 }, '');
        images.set(imageId, source);
        return { imageId, source };
      });
    },
    adopt: ({ imageId, source }) => void images.set(imageId, source),
    recognize: async (input) => await executionEnd(await start(input, 'RecognizeStateMachineArn')),
    endedImage,
    eventsOfImage: (imageId) => subscription.eventsOfImage(imageId),
    adoptBatch: (batchId) => void batchIds.add(batchId),
    async store(key, content) {
      storedKeys.add(key);
      await sendStart({}, () => putObject(output('ResultsBucketName'), key, content, {}));
    },
    async endedBatch(batchId) {
      return await until(`the end of batch ${batchId}`, BATCH_PATIENCE, async () => {
        const { body } = await call('GET', `/batches/${batchId}`);
        return endedBatchSchema.safeParse(body).data;
      });
    },
    eventsOfBatch: (batchId) => subscription.eventsOfBatch(batchId),
    start: (input) => start(input),
    async stop(executionArn) {
      await stepFunctions.send(new StopExecutionCommand({ executionArn }));
    },
    ended: executionEnd,
    collect: async (input) => await executionEnd(await start(input)),
    apiUrl: apiUrl(),
    call,
    async publishSubmitted(detail) {
      const entry = {
        EventBusName: output('EventBusName'),
        Source: 'ocr-courier.e2e',
        DetailType: 'OCR Task Submitted',
        Detail: JSON.stringify(detail),
      };
      const { FailedEntryCount } = await sendStart(detail, () =>
        eventBridge.send(new PutEventsCommand({ Entries: [entry] })),
      );
      if (FailedEntryCount !== 0) throw new Error('EventBridge did not accept the event.');
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
  if (value === undefined)
    throw new Error(`${name}: got no such stack output; allowed: a stack of ocr-courier`);
  return value;
}

/** MiniStack's host name for an API may not resolve, so the suite uses its address by path. */
function apiUrl(): string {
  const url = output('ApiUrl');
  const [, apiId] = /^http:\/\/([^.]+)\.execute-api\.localhost/.exec(url) ?? [];
  return apiId === undefined ? url : `${process.env['AWS_ENDPOINT_URL']}/_aws/execute-api/${apiId}/$default`;
}
