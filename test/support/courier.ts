import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { afterAll } from 'vitest';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import type { Credentials } from '../../functions/contracts/credentials.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { TaskRecords } from '../../functions/core/task-record.ts';
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

/** Everything that came of one execution, after all that it set off has settled. */
export interface Collected {
  readonly execution: Execution;
  /** Our events about the task, in order. */
  readonly events: readonly EventBridgeEvent[];
  readonly record: TaskRecord | undefined;
}

/** The real state machine with the deployed bundles, on virtual time, against a scripted Aspose. */
export interface TestCourier extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly simulator: AsposeSimulator;
  readonly stack: EmbeddedStack;
  readonly records: TaskRecords;
  /** Every line that a function has written. */
  readonly logs: readonly string[];
  /** Every event on any bus. */
  readonly events: readonly EventBridgeEvent[];
  collect(input: object): Promise<Collected>;
  /** Waits for an execution and all that its end sets off. */
  collected(executionArn: string, taskId: string): Promise<Collected>;
  /** Our events about a task. */
  eventsOf(taskId: string): readonly EventBridgeEvent[];
  object(key: string): Promise<Buffer>;
  keys(prefix?: string): Promise<string[]>;
  /** Empties `logs`, `events` and the simulator's requests: a long run would fill the memory with them. */
  forget(): void;
}

export async function startTestCourier(
  options: {
    readonly secret?: string;
    /** @default - one on which nothing happens at the same time */
    readonly clock?: VirtualClock;
    readonly environment?: Readonly<Record<string, string>>;
    /** @default - that of this repository */
    readonly assemblyDirectory?: string;
    /** Those that Aspose accepts. @default - the simulator's own */
    readonly credentials?: Credentials;
    /** Where the functions find Aspose, given where the simulator is. @default - there */
    readonly vendorUrlOf?: (simulatorUrl: string, clock: Clock) => Promise<string>;
  } & Pick<EmbeddedStackOptions, 'routeOf' | 'refuseEvents'> = {},
): Promise<TestCourier> {
  const { credentials, vendorUrlOf = async (url) => url, routeOf, refuseEvents } = options;
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
    // DynamoDB refuses keys that long, as the state machine refuses such ids.
    const record = taskId.length <= 1024 ? await records.read(taskId) : undefined;
    return { execution, events: eventsOf(taskId), record };
  }

  return {
    clock,
    simulator,
    stack,
    records,
    logs,
    events,
    async collect(input) {
      const { executionArn } = await stack.startExecution({ input });
      return await collected(executionArn, String(Object(input).taskId));
    },
    collected,
    eventsOf,
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

/** One courier for all tests of the file that asks for it. */
export async function courierForAll(): Promise<TestCourier> {
  const courier = await startTestCourier();
  afterAll(() => courier[Symbol.asyncDispose]());
  return courier;
}

let tasks = 0;

/** A task id that no other test of the file uses. */
export function newTaskId(): string {
  tasks += 1;
  return `task-${tasks}`;
}
