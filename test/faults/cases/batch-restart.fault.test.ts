import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { openDataDirectory } from '../../../cli/data-directory.ts';
import { createTaskTable } from '../../../functions/adapters/aws/task-table.ts';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../../../local/embedded-aws/event-bus.ts';
import { ensureAssembly } from '../../../local/embedded-aws/synthesis.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { completed, pending } from '../../support/responses.ts';

const TASKS = Array.from({ length: 120 }, (_, index) => `restarted-${index}`);

it('B13: a batch continues after a restart, and collects each task once', async () => {
  const clock = new VirtualClock('2026-03-01T12:00:00Z');
  const simulator = await startAsposeSimulator({ clock });
  onTestFinished(() => simulator.close());
  for (const taskId of TASKS) simulator.script(taskId, [...Array(4).fill(pending), completed(taskId)]);
  const directory = await temporaryDirectory();
  const assemblyDirectory = await ensureAssembly();
  const events: EventBridgeEvent[] = [];

  async function inProcess<T>(work: (stack: EmbeddedStack) => Promise<T>): Promise<T> {
    using data = openDataDirectory(directory);
    const stack = await startEmbeddedStack({
      ...{ assemblyDirectory, clock, data },
      environment: { ASPOSE_BASE_URL: simulator.baseUrl },
      secretValue: () => JSON.stringify(simulator.credentials),
    });
    stack.onEvent((event) => events.push(event));
    try {
      return await work(stack);
    } finally {
      await stack.close();
    }
  }
  const executionArn = await inProcess(async (stack) => {
    stack.resumeExecutions();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    stack.onLog((line) => {
      if (line.includes('"Task ended"')) resolve();
    });
    const started = await stack.startExecution({
      stateMachineArn: stack.outputs['BatchStateMachineArn'] ?? '',
      name: 'restarted',
      input: { tasks: TASKS },
    });
    await ended;
    return started.executionArn;
  });

  const { execution, records } = await inProcess(async (stack) => {
    expect(stack.resumeExecutions()).toBe(1);
    const ended = await stack.executionEnded(executionArn);
    await stack.settled();
    const table = createTaskTable(
      new DynamoDBClient(stack.clientConfig('dynamodb')),
      stack.resource('AWS::DynamoDB::Table').name,
    );
    return { execution: ended, records: await Promise.all(TASKS.map((taskId) => table.read(taskId))) };
  });

  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    output: { batchId: 'restarted', total: TASKS.length, counts: { Completed: TASKS.length } },
  });
  expect(records.map((record) => record?.outcome)).toEqual(TASKS.map(() => 'Completed'));
  const keysOf = (type: string) =>
    events
      .filter((event) => event['detail-type'] === type)
      .map(({ detail }) => String(Object(detail).idempotencyKey));
  expect(new Set(keysOf('OCR Task Completed')).size).toBe(TASKS.length);
  expect(keysOf('OCR Batch Completed')).toEqual(['batch/restarted']);
});
