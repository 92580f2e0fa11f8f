import { join, resolve } from 'node:path';
import { CommandError } from '../../cli/command-errors.ts';
import type { CommandContext, OutputOptions } from '../../cli/output-options.ts';
import { type CollectedTask, jsonReport, textReport } from '../../cli/report.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';
import { parsePoll } from '../logged-poll.ts';
import { describeUpload, parseUpload } from '../logged-upload.ts';
import { openResults } from '../recognition/collected-results.ts';
import { openVendor, startCourier } from './local-courier.ts';
import type { VendorChoice, VendorOptions } from './vendor.ts';

/** What an execution left behind. */
export interface EndedRun {
  readonly executionArn: string;
  /** Undefined when the image got no task. */
  readonly taskId: string | undefined;
  /** The terminal event. */
  readonly event: EventBridgeEvent | undefined;
}

/**
 * Starts vendor and embedded AWS, runs one execution to its end, and prints the outcome to stdout.
 *
 * @param run starts the execution and waits for its end. Ctrl-C stops it.
 * @returns the exit status: 0 when the task is Completed, 1 otherwise
 * @throws CommandError when Ctrl-C arrives before the embedded AWS has started
 */
export async function runOnCourier(
  choice: VendorChoice,
  options: OutputOptions,
  context: CommandContext,
  run: (stack: EmbeddedStack) => Promise<EndedRun>,
  vendorOptions: VendorOptions = {},
): Promise<number> {
  const { directory, progress, cancelled } = context;
  progress.doing('starting the embedded AWS (the first start takes a few seconds)');
  await using vendor = await openVendor(choice, vendorOptions);
  await using started = new AsyncDisposableStack();
  const starting = startCourier(vendor);
  started.defer(async () => (await starting.catch(() => undefined))?.close());
  const stack = await Promise.race([starting, failWhenAborted(cancelled)]);
  stack.onLog((line) => {
    const poll = parsePoll(line);
    if (poll !== undefined) progress.polled(poll);
    const upload = parseUpload(line);
    if (upload !== undefined) progress.doing(describeUpload(upload));
  });
  const ended = await run(stack);
  const outDirectory = resolve(directory, options.out ?? join('out', ended.taskId ?? ''));
  const task = await readTask(stack, ended, outDirectory);
  progress.end();
  const report = options.json ? jsonReport(task) : await textReport(task, outDirectory, directory, options);
  process.stdout.write(`${report}\n`);
  return task.record?.outcome === 'Completed' ? 0 : 1;
}

function failWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new CommandError('cancelled before anything was started'));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}

/** Reads the record of an ended task, and copies its documents. */
async function readTask(
  stack: EmbeddedStack,
  { executionArn, taskId, event }: EndedRun,
  outDirectory: string,
): Promise<CollectedTask> {
  const execution = await stack.executionEnded(executionArn);
  // Waits for close-task and for the event that it publishes.
  await stack.settled();
  const result = taskId === undefined ? undefined : await openResults(stack).copyTo(outDirectory, taskId);
  return { event, execution, record: result?.record, documents: result?.documents ?? [] };
}
