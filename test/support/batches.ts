import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createBatchTable } from '../../functions/adapters/aws/batch-table.ts';
import { batchKeys } from '../../functions/contracts/batch-keys.ts';
import {
  type BatchRecord,
  type BatchResult,
  batchResultSchema,
} from '../../functions/contracts/batch-record.ts';
import { parseJsonLines } from '../../functions/core/batch/result-lines.ts';
import type { EventBridgeEvent } from '../../local/embedded-aws/event-bus.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import type { TestCourier } from './courier.ts';

/** A batch, read once nothing is left to happen. */
export interface SettledBatch {
  readonly batchId: string;
  readonly execution: Execution;
  readonly record: BatchRecord | undefined;
  /** The events that ended the batch, in order. */
  readonly events: readonly EventBridgeEvent[];
  /** Empty when the batch has no results. */
  readonly lines: readonly BatchResult[];
}

let batches = 0;

/** Returns an id that no other test of the file uses. */
export function newBatchId(): string {
  batches += 1;
  return `batch-${batches}`;
}

/** The batches of a test's courier. */
export function openBatches(courier: TestCourier) {
  const { stack } = courier;
  const table = stack.resource('AWS::DynamoDB::Table').name;
  const records = createBatchTable(new DynamoDBClient(stack.clientConfig('dynamodb')), table);
  const { BatchStateMachineArn: stateMachineArn = '' } = stack.outputs;
  const executionArnOf = (batchId: string) =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${batchId}`;

  /** Waits until nothing more follows from a batch. */
  async function settle(batchId: string): Promise<SettledBatch> {
    const execution = await stack.executionEnded(executionArnOf(batchId));
    await stack.settled();
    const record = await records.read(batchId);
    const events = courier.events.filter(
      ({ source, detail, ...event }) =>
        source === 'ocr-courier' &&
        event['detail-type'] === 'OCR Batch Completed' &&
        Object(detail).batchId === batchId,
    );
    const { results } = Object(events.at(-1)?.detail);
    const text = typeof results === 'string' ? String(await courier.object(results)) : '';
    const lines = parseJsonLines(text).map((line) => batchResultSchema.parse(line));
    return { batchId, execution, record, events, lines };
  }

  const start = (batchId: string, input: object) =>
    stack.startExecution({ stateMachineArn, name: batchId, input });

  return {
    records,
    keysOf: batchKeys,
    executionArnOf,
    /** The execution of a chunk. */
    chunkArnOf: (batchId: string, chunk: number) =>
      executionArnOf(batchId).replace(/:([^:]+)$/, `/Chunks:$1-${chunk}`),
    /** Starts an execution of Collect batch. */
    start,
    settle,
    /** Starts an execution of Collect batch, and waits until nothing more follows from it. */
    async collect(batchId: string, input: object): Promise<SettledBatch> {
      await start(batchId, input);
      return await settle(batchId);
    },
  };
}
