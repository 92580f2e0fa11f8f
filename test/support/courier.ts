import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { afterAll } from 'vitest';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import type { Credentials } from '../../functions/contracts/credentials.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { TaskRecords } from '../../functions/core/task-record.ts';
import type { ScriptedResponse } from '../../local/aspose-simulator/scripted-responses.ts';
import { type AsposeSimulator, startAsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { type Clock, VirtualClock } from '../../local/clock.ts';
import {
  type EmbeddedStack,
  type EmbeddedStackOptions,
  startEmbeddedStack,
} from '../../local/embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../../local/embedded-aws/event-bus.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';

/** The outcome of one execution, read once nothing is left to happen. */
export interface Collected {
  readonly execution: Execution;
  /** The courier's events about the task, in order. */
  readonly events: readonly EventBridgeEvent[];
  readonly record: TaskRecord | undefined;
}

/** The deployed stack in the embedded AWS, on virtual time, against the simulator. */
export interface TestCourier extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly simulator: AsposeSimulator;
  readonly stack: EmbeddedStack;
  readonly records: TaskRecords;
  /** Every line that a function has logged. */
  readonly logs: readonly string[];
  /** Every event on any bus. */
  readonly events: readonly EventBridgeEvent[];
  /** Creates a task whose fetches get these responses; the last repeats. @returns its id */
  createTask(...responses: readonly ScriptedResponse[]): string;
  /** Starts an execution of Collect result. */
  start(input: unknown): Promise<{ readonly executionArn: string }>;
  /** Starts an execution of Collect result and waits for its outcome. */
  collect(input: object): Promise<Collected>;
  /** Waits for the outcome of an execution that has started. */
  collected(executionArn: string, taskId: string): Promise<Collected>;
  /** The courier's events about a task. */
  eventsOf(taskId: string): readonly EventBridgeEvent[];
  /** The requests that the simulator received about a task. */
  fetchesOf(taskId: string): AsposeSimulator['requests'];
  /** Resolves when functions have logged that many more lines with all of these parts. */
  logged(parts: readonly string[], times?: number): Promise<void>;
  /** Resolves when the task has been polled that many more times. */
  polled(taskId: string, times?: number): Promise<void>;
  /** Waits until the leases of all open tasks have expired, then runs the scheduled sweep. */
  sweep(): Promise<void>;
  /** Calls the HTTP API. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): ReturnType<typeof callApi>;
  object(key: string): Promise<Buffer>;
  keys(prefix?: string): Promise<string[]>;
  /** Empties `logs`, `events` and the simulator's requests, to limit the memory of a long run. */
  forget(): void;
}

export interface TestCourierOptions
  extends Pick<
    EmbeddedStackOptions,
    'routeOf' | 'refuseEvents' | 'losesStatusChange' | 'startExecutionQuota'
  > {
  readonly secret?: string;
  /** @default - a clock that fires one timer at a time */
  readonly clock?: VirtualClock;
  readonly environment?: Readonly<Record<string, string>>;
  /** @default - this repository's stack */
  readonly assemblyDirectory?: string;
  /** The credentials that Aspose accepts. @default - the simulator's own */
  readonly credentials?: Credentials;
  /** Returns the address under which the functions reach Aspose. @default - the simulator's */
  readonly vendorUrlOf?: (simulatorUrl: string, clock: Clock) => Promise<string>;
}

/** Leases outlast the next poll, which may be an hour away, by 15 minutes. */
const MAX_LEASE_MILLISECONDS = 2 * 3_600_000;

export async function startTestCourier(options: TestCourierOptions = {}): Promise<TestCourier> {
  const { credentials, vendorUrlOf = async (url) => url, routeOf, refuseEvents, losesStatusChange } = options;
  const { startExecutionQuota } = options;
  const { clock = new VirtualClock('2026-03-01T12:00:00Z') } = options;
  const simulator = await startAsposeSimulator({ clock, ...(credentials !== undefined && { credentials }) });
  const stack = await startEmbeddedStack({
    assemblyDirectory: options.assemblyDirectory ?? (await ensureAssembly()),
    clock,
    environment: {
      ASPOSE_BASE_URL: await vendorUrlOf(simulator.baseUrl, clock),
      ...options.environment,
    },
    ...(routeOf !== undefined && { routeOf }),
    refuseEvents,
    losesStatusChange,
    startExecutionQuota,
    secretValue: () => options.secret ?? JSON.stringify(simulator.credentials),
  });
  const logs: string[] = [];
  const events: EventBridgeEvent[] = [];
  stack.onLog((line) => logs.push(line));
  stack.onEvent((event) => events.push(event));
  const records = createTaskTable(
    new DynamoDBClient(stack.clientConfig('dynamodb')),
    stack.resource('AWS::DynamoDB::Table').name,
  );
  const s3 = new S3Client(stack.clientConfig('s3'));
  const bucket = stack.resource('AWS::S3::Bucket').name;
  const eventsOf = (taskId: string) =>
    events.filter(({ source, detail }) => source === 'ocr-courier' && Object(detail).taskId === taskId);

  async function collected(executionArn: string, taskId: string): Promise<Collected> {
    const execution = await stack.executionEnded(executionArn);
    await stack.settled();
    // DynamoDB refuses longer keys, and the state machine refuses such ids.
    const record = taskId.length <= 1024 ? await records.read(taskId) : undefined;
    return { execution, events: eventsOf(taskId), record };
  }

  async function logged(parts: readonly string[], times = 1): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = times;
    const stop = stack.onLog((line) => {
      if (!parts.every((part) => line.includes(part))) return;
      left -= 1;
      if (left === 0) resolve();
    });
    await promise;
    stop();
  }

  const { StateMachineArn: stateMachineArn = '' } = stack.outputs;
  const start = (input: unknown) => stack.startExecution({ stateMachineArn, input });

  return {
    clock,
    simulator,
    start,
    stack,
    records,
    logs,
    events,
    createTask(...responses) {
      const taskId = newTaskId();
      simulator.script(taskId, responses);
      return taskId;
    },
    async collect(input) {
      const { executionArn } = await start(input);
      return await collected(executionArn, String(Object(input).taskId));
    },
    collected,
    eventsOf,
    fetchesOf: (taskId) => simulator.requests.filter((request) => request.taskId === taskId),
    logged,
    polled: (taskId, times) => logged(['"Polled"', `"${taskId}"`], times),
    async sweep() {
      await clock.sleep(MAX_LEASE_MILLISECONDS);
      await stack.runSchedules();
    },
    request: (method, path, body, headers) => callApi(stack, method, path, body, headers),
    async object(key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async keys(prefix = '') {
      const keys: string[] = [];
      const query = { Bucket: bucket, Prefix: prefix };
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query)) {
        keys.push(...Contents.map(({ Key = '' }) => Key));
      }
      return keys;
    },
    forget() {
      logs.length = 0;
      events.length = 0;
      simulator.forgetRequests();
    },
    async [Symbol.asyncDispose]() {
      await stack.close();
      await simulator.close();
    },
  };
}

/** Starts one courier for all tests of a file. */
export async function courierForAll(options?: TestCourierOptions): Promise<TestCourier> {
  const courier = await startTestCourier(options);
  afterAll(() => courier[Symbol.asyncDispose]());
  return courier;
}

async function callApi(
  { outputs }: EmbeddedStack,
  method: string,
  path: string,
  body?: unknown,
  requestHeaders: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(`${outputs['ApiUrl']}${path}`, {
    method,
    redirect: 'manual',
    ...(body !== undefined && {
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...requestHeaders },
  });
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, body: text === '' ? undefined : JSON.parse(text) };
}

let tasks = 0;

/** Returns a task id that no other test of the file uses. */
export function newTaskId(): string {
  tasks += 1;
  return `task-${tasks}`;
}
