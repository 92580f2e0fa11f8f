import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { EVENT_SOURCE } from '../../functions/contracts/task-event.ts';
import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import type { DataDirectory } from '../data-directory.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';
import type { Execution } from '../embedded-aws/execution.ts';
import { ensureAssembly } from '../embedded-aws/synthesis.ts';
import { parsePoll } from '../logged-poll.ts';
import { type CopiedDocument, copyDocuments } from './copy-documents.ts';
import type { Progress } from './progress.ts';
import type { Vendor } from './vendor.ts';

/** Everything that came of a task. */
export interface CollectedTask {
  readonly event: EventBridgeEvent | undefined;
  readonly record: TaskRecord | undefined;
  readonly execution: Execution;
  readonly documents: readonly CopiedDocument[];
}

const ourEventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  detail: z.object({ taskId: z.string() }),
});

/**
 * The embedded stack, ready to collect tasks of a vendor.
 *
 * @param polling in place of the stack's own policy
 * @param data keeps what is collected
 */
export async function startCourier(
  vendor: Vendor,
  polling?: PollingOverrides,
  data?: DataDirectory,
): Promise<EmbeddedStack> {
  return await startEmbeddedStack({
    assemblyDirectory: await ensureAssembly(),
    environment: {
      ASPOSE_BASE_URL: vendor.baseUrl,
      ...(polling !== undefined && { POLLING: JSON.stringify(polling) }),
    },
    secretValue: () => JSON.stringify(vendor.credentials),
    ...(data && { data }),
  });
}

/**
 * Runs one execution of the state machine to its end, and copies what it delivered.
 *
 * @param outDirectory takes the documents and the manifest
 * @param cancelled stops the execution when it is aborted
 */
export async function collectTask(
  stack: EmbeddedStack,
  input: ExecutionInput,
  outDirectory: string,
  progress: Progress,
  cancelled: AbortSignal,
): Promise<CollectedTask> {
  let event: EventBridgeEvent | undefined;
  stack.onEvent((put) => {
    if (z.safeParse(ourEventSchema, put).data?.detail.taskId === input.taskId) event = put;
  });
  stack.onLog((line) => {
    const poll = parsePoll(line);
    if (poll !== undefined) progress.polled(poll);
  });

  const { executionArn } = await stack.startExecution({ input });
  const stop = () => stack.stopExecution(executionArn, 'Cancelled', 'stopped at the command line');
  cancelled.addEventListener('abort', stop, { once: true });
  const execution = await stack.executionEnded(executionArn);
  cancelled.removeEventListener('abort', stop);
  // close-task, and the event it publishes.
  await stack.settled();

  const records = createTaskTable(
    new DynamoDBClient(stack.clientConfig('dynamodb')),
    stack.resource('AWS::DynamoDB::Table').name,
  );
  const record = await records.read(input.taskId);
  const s3 = new S3Client(stack.clientConfig('s3'));
  const bucket = stack.resource('AWS::S3::Bucket').name;
  const manifestKey = record?.manifestKey;
  const documents =
    manifestKey === undefined ? [] : await copyDocuments(s3, bucket, manifestKey, outDirectory);
  return { event, record, execution, documents };
}
