import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { EVENT_SOURCE } from '../../functions/contracts/task-event.ts';
import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';
import { parsePoll } from '../logged-poll.ts';
import { CommandError } from './command-errors.ts';
import { copyDocuments } from './copy-documents.ts';
import { openVendor, startCourier } from './local-courier.ts';
import type { CommandContext, OutputOptions } from './output-options.ts';
import { type CollectedTask, jsonReport, textReport } from './report.ts';
import type { Vendor, VendorChoice } from './vendor.ts';

const taskEventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  detail: z.object({ taskId: z.string() }),
});

/**
 * Collects one task on the embedded AWS, and prints the outcome to stdout.
 *
 * @param prepare returns the input of the execution. It may submit a file while the stack starts.
 * @returns the exit status: 0 when the task is Completed, 1 otherwise
 * @throws CommandError when Ctrl-C arrives before the execution starts
 */
export async function collectAndReport(
  choice: VendorChoice,
  prepare: (vendor: Vendor) => Promise<ExecutionInput>,
  options: OutputOptions,
  context: CommandContext,
): Promise<number> {
  const { directory, progress, cancelled } = context;
  await using vendor = await openVendor(choice);
  await using started = new AsyncDisposableStack();
  const starting = startCourier(vendor);
  started.defer(async () => (await starting.catch(() => undefined))?.close());
  let submitted: string | undefined;
  const preparing = prepare(vendor).then((input) => {
    submitted = input.taskId;
    progress.doing(`starting the embedded AWS for task ${submitted} (the first start takes a few seconds)`);
    return input;
  });
  const [stack, input] = await Promise.race([
    Promise.all([starting, preparing]),
    failWhenAborted(cancelled, () =>
      submitted === undefined ? '' : `; to collect task ${submitted}, use the command collect`,
    ),
  ]);
  progress.doing(`waiting for task ${input.taskId}`);
  const outDirectory = resolve(directory, options.out ?? `out/${input.taskId}`);
  const task = await collectTask(stack, input, outDirectory, context);
  progress.end();
  const report = options.json ? jsonReport(task) : await textReport(task, outDirectory, directory, options);
  process.stdout.write(`${report}\n`);
  return task.record?.outcome === 'Completed' ? 0 : 1;
}

/** @param advice what to do next */
function failWhenAborted(signal: AbortSignal, advice: () => string): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new CommandError(`cancelled before the collection started${advice()}`));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}

/** Runs one execution to its end, and copies the documents. Ctrl-C stops the execution. */
async function collectTask(
  stack: EmbeddedStack,
  input: ExecutionInput,
  outDirectory: string,
  { progress, cancelled }: CommandContext,
): Promise<CollectedTask> {
  let event: EventBridgeEvent | undefined;
  stack.onEvent((published) => {
    if (z.safeParse(taskEventSchema, published).data?.detail.taskId === input.taskId) event = published;
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
  // Waits for close-task and for the event that it publishes.
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
