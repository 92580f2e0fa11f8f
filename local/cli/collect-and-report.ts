import { resolve } from 'node:path';
import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import { collectTask, startCourier } from './collect-task.ts';
import { CommandCancelled } from './command-errors.ts';
import { openVendor } from './open-vendor.ts';
import type { CommandContext, OutputOptions } from './output-options.ts';
import { jsonReport, textReport } from './report.ts';
import type { Vendor, VendorChoice } from './vendor.ts';

/**
 * Collects one task on the embedded stack, and prints what came of it to stdout.
 *
 * @param prepare makes the execution's input, which may mean to submit something; the stack starts meanwhile
 * @returns the exit status: 0 when the task was Completed, else 1
 * @throws CommandCancelled when Ctrl-C came before there was an execution to stop
 */
export async function collectAndReport(
  choice: VendorChoice,
  prepare: (vendor: Vendor) => Promise<ExecutionInput>,
  options: OutputOptions,
  { directory, progress, cancelled }: CommandContext,
): Promise<number> {
  await using vendor = await openVendor(choice);
  await using started = new AsyncDisposableStack();
  const starting = startCourier(vendor);
  started.defer(async () => (await starting.catch(() => undefined))?.close());
  let isReady = false;
  const ready = starting.then((stack) => {
    isReady = true;
    return stack;
  });
  const prepared = prepare(vendor).then((input) => {
    if (!isReady) progress.doing('starting the embedded AWS; after a change, it is synthesised first');
    return input;
  });
  const [stack, input] = await Promise.race([Promise.all([ready, prepared]), failWhenAborted(cancelled)]);

  progress.doing(`waiting for task ${input.taskId}`);
  const outDirectory = resolve(directory, options.out ?? `out/${input.taskId}`);
  const task = await collectTask(stack, input, outDirectory, progress, cancelled);
  progress.end();
  process.stdout.write(
    `${options.json ? jsonReport(task) : await textReport(task, outDirectory, directory)}\n`,
  );
  return task.record?.outcome === 'Completed' ? 0 : 1;
}

function failWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new CommandCancelled('cancelled before there was a task to collect'));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}
